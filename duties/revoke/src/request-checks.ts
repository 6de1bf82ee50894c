// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import { isDigest } from "@countersign/trust/digest";
import type { Envelope } from "@countersign/trust/envelope";
import { type HolderKey, keyidOf } from "@countersign/trust/key";
import { signersOf } from "@countersign/trust/quorum";
import type { Denial } from "@countersign/trust/revocation/list";
import type { DenialRequest } from "./denial-request.ts";
import { denialsWith, listBytes, MAX_LIST_BYTES } from "./list-file.ts";

/** What is to be denied, whoever asks for it. */
export interface DenialInList {
  readonly denial: Denial;
  /** Identifiers of the keys that say who may say no. */
  readonly protectedKeys: ReadonlySet<string>;
  /** What is denied already. */
  readonly denials: readonly Denial[];
}

/** A request under judgement. Repeating one changes nothing, so a replay needs no defence. */
export interface RequestSubject extends DenialInList {
  readonly candidate: Envelope<DenialRequest>;
  readonly revoker: string;
  readonly operators: readonly HolderKey[];
}

/** What may stand in a list at all. */
export const boundsChecks: readonly Check<DenialInList>[] = [
  {
    name: "request/name",
    source: "a denial of a mistyped name would stop nothing",
    examine: ({ denial: { kind, name } }) => {
      const isCommit = kind === "build" && /^[0-9a-f]{40}$/.test(name);
      return decide(
        isDigest(name) || isCommit,
        kind === "build"
          ? "the digest of a build, or a source commit in full"
          : `the digest of a ${kind}, or a builder's key identifier: 64 hex digits`,
        name.slice(0, 80),
        "denial-names-nothing",
        "Name it by its digest, never by its version or file name.",
      );
    },
  },
  {
    name: "request/deny-only",
    source: "revocations never name root, targets, revoke, log or witness keys",
    examine: ({ denial: { name }, protectedKeys }) => {
      return decide(
        !protectedKeys.has(name),
        "a release, build, builder or approval",
        protectedKeys.has(name) ? `${name.slice(0, 12)}, a key that a quorum of owners answers for` : `${name.slice(0, 12)}`,
        "denial-out-of-bounds",
        "Let the owners of root or targets replace that key.",
      );
    },
  },
  {
    name: "request/room",
    source: "a list that devices could not read would stop nothing at all",
    examine: ({ denial, denials }) => {
      const bytes = listBytes(denialsWith(denials, [denial]));
      return decide(
        bytes <= MAX_LIST_BYTES,
        `a list of at most ${MAX_LIST_BYTES} bytes`,
        `${bytes} bytes`,
        "list-full",
        "Deny the builder or the build instead of each release; or ask another revoker.",
      );
    },
  },
];

/** Whoever asks one revoker has not asked another. */
export const revokerCheck: Check<{ readonly candidate: Envelope<{ readonly revoker: string }>; readonly revoker: string }> = {
  name: "request/revoker",
  source: "each revoker its own list",
  examine: ({ candidate, revoker }) =>
    decide(
      candidate.signed.revoker === revoker,
      revoker,
      candidate.signed.revoker,
      "another-revoker",
      "Send it to the revoker that it names, or sign one for this revoker.",
    ),
};

export const requestChecks: readonly Check<RequestSubject>[] = [
  {
    name: "request/operator",
    source: "halting takes one person",
    examine: ({ candidate, operators }) => {
      const keys = Object.fromEntries(operators.map((key) => [keyidOf(key), key]));
      const signers = signersOf(candidate, { keys, keyids: Object.keys(keys), threshold: 1 });
      return decide(
        signers.length > 0,
        `a signature by one of ${operators.length} operators`,
        signers.join(", ") || "none",
        "operator-not-known",
        "Sign it with an operator's key, or ask the revoker's owner to add yours.",
      );
    },
  },
  revokerCheck,
  {
    name: "request/person",
    source: "a brake lapses, and says whose it is",
    examine: ({ denial: { brake } }) =>
      decide(
        brake === undefined,
        "a denial by a person",
        brake === undefined ? "one" : `one in the name of ${brake}`,
        "denial-not-a-persons",
        "Leave `brake` out: it names an observer, and that asks by itself.",
      ),
  },
  ...boundsChecks,
];
