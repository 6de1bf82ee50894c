// SPDX-License-Identifier: Apache-2.0
import { array, closed, type Decoder, integer, literal, matching, name, nullable, text } from "../decode.ts";
import { type Envelope, envelope } from "../envelope.ts";
import type { Entry } from "../release/head.ts";
import type { Statement } from "../release/statement.ts";

/** One "no". It names a release, a build (its provenance digest), a builder (its key) or an approval (its digest): never who may say no. */
export interface Denial {
  readonly kind: "release" | "build" | "builder" | "approval";
  readonly name: string;
  /** Witnessed time, Unix seconds, until which a hold lasts; null for ever. */
  readonly until: number | null;
  readonly reason: string;
}

/** One revoker's whole list. The checkpoint that it carries dates it. */
export interface RevocationList {
  readonly _type: "revocations";
  readonly spec: "countersign/1";
  readonly revoker: string;
  readonly version: number;
  readonly checkpoint: string;
  readonly denials: readonly Denial[];
}

/** Devices keep every denial for ever, so each is small. */
function shortText(most: number): Decoder<string> {
  return matching(new RegExp(`^[^]{0,${most}}$`), `at most ${most} characters`);
}

export const denial: Decoder<Denial> = closed<Denial>({
  kind: literal("release", "build", "builder", "approval"),
  name: shortText(128),
  until: nullable(integer(0)),
  reason: shortText(500),
});

export const revocationList: Decoder<RevocationList> = closed<RevocationList>({
  _type: literal("revocations"),
  spec: literal("countersign/1"),
  revoker: name,
  version: integer(1),
  checkpoint: text,
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

/** The denial that stops a release, if one does. `builders` are the keys that signed its provenance, where they are known already. */
export function denialOf(
  release: Entry<Statement>,
  denials: readonly Denial[],
  time: number,
  builders: readonly string[] = [],
): Denial | undefined {
  const names: Readonly<Record<Denial["kind"], readonly string[]>> = {
    release: [release.digest],
    build: release.body.provenance,
    builder: builders,
    approval: release.approvals.map((approval) => approval.digest),
  };
  return denials.find((denial) => names[denial.kind].includes(denial.name) && (denial.until === null || denial.until > time));
}
