// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "../canonical.ts";
import { array, closed, type Decoder, decode, integer, literal, matching, name, nullable, optional, record, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import { type Envelope, envelope } from "../envelope.ts";
import type { Outcome } from "../refusal.ts";

/**
 * One "no". It names a release, a build (the digest of its provenance's payload; or of the file, which stops this file alone; or the source commit, which
 * stops all that was built of it), a builder (its key, its issuer's or its certificate's name) or an approval (its `approvalName`): never who may say no.
 */
export interface Denial {
  readonly kind: "release" | "build" | "builder" | "approval";
  readonly name: string;
  /** When it was said, Unix seconds by the clock of whoever said it. Decides nothing; it makes the same words said again another denial. */
  readonly since: number;
  /** Witnessed time, Unix seconds, until which a hold lasts; null for ever. */
  readonly until: number | null;
  readonly reason: string;
  /** The name, in the policy's `brakes`, of the observer on whose word it was made; absent where a person said so. Devices stop either way. */
  readonly brake?: string | undefined;
}

/** One revoker's whole list. The checkpoint that it carries dates it. */
export interface RevocationList {
  readonly _type: "revocations";
  readonly spec: "countersign/1";
  readonly revoker: string;
  /** One more each time that the list is signed. */
  readonly version: number;
  readonly checkpoint: string;
  /**
   * By key, the version of every other revoker's list that this one's revoker had verified when it signed: who serves this list cannot leave out theirs, nor
   * serve older ones.
   */
  readonly seen: Readonly<Record<string, number>>;
  readonly denials: readonly Denial[];
}

/** Devices keep every denial for ever, so each is small. */
function shortText(most: number): Decoder<string> {
  return matching(new RegExp(`^[^]{0,${most}}$`), `at most ${most} characters`);
}

export const denial: Decoder<Denial> = closed<Denial>({
  kind: literal("release", "build", "builder", "approval"),
  name: shortText(128),
  since: integer(0),
  until: nullable(integer(0)),
  reason: shortText(500),
  brake: optional(name),
});

/** A denial as it may have been kept before denials said when they were made; only what is remembered is read so. */
export const rememberedDenial: Decoder<Denial> = (value, at) =>
  denial(typeof value === "object" && value !== null && !Array.isArray(value) ? { since: 0, ...value } : value, at);

/** What names a denial: a lift answers exactly this one. */
export function denialDigest(denial: Denial): Digest {
  return canonicalDigest(denial);
}

export const revocationList: Decoder<RevocationList> = closed<RevocationList>({
  _type: literal("revocations"),
  spec: literal("countersign/1"),
  revoker: name,
  version: integer(1),
  checkpoint: text,
  seen: record(text, integer(1)),
  denials: array(denial),
});

/** `revocations/latest`: every revoker's list, each signed by its revoker alone. */
export interface RevocationLists {
  readonly _type: "revocation-lists";
  readonly lists: readonly Envelope<RevocationList>[];
}

export const revocationLists: Decoder<RevocationLists> = closed<RevocationLists>({
  _type: literal("revocation-lists"),
  lists: array(envelope(revocationList), 0, 64),
});

/** The same as it is served: each list is read by itself, so that one that is malformed hides no other. */
export interface ServedLists {
  readonly _type: "revocation-lists";
  readonly lists: readonly Outcome<Envelope<RevocationList>>[];
}

const one = envelope(revocationList);

export const servedLists: Decoder<ServedLists> = closed<ServedLists>({
  _type: literal("revocation-lists"),
  lists: array((value, at) => decode(one, value, "revocations/latest", at), 0, 64),
});
