// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import type { Digest } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { type Authority, ownersOf, signersOf } from "../quorum.ts";
import type { MetaFile } from "./meta.ts";

/** The fields every TUF role has (TUF 4.3). */
export interface RoleFields {
  readonly version: number;
  readonly expires: string;
}

/** One metadata file under judgement, and everything its rules look at. */
export interface RoleSubject<T extends RoleFields> {
  readonly candidate: Envelope<T>;
  readonly authority: Authority;
  /** Who is behind a key, by the root or the policy; quorums count these. */
  readonly ownerOf: (keyid: string) => string | undefined;
  /** The version trusted before, if any. */
  readonly stored: T | undefined;
  /** The digest of its file, where one version is only ever one file. */
  readonly storedDigest?: Digest | undefined;
  /** What the document that names this one says of it; absent for root and timestamp. */
  readonly listed: MetaFile | undefined;
  /** Unix milliseconds: the larger of the system clock and witnessed time. */
  readonly now: number;
}

/**
 * The rules that every role shares, in the order of the client workflow (TUF 5.3 to 5.6); `role` names them in the trail.
 * `section` is the workflow's section for that role.
 */
export function roleChecks<T extends RoleFields>(role: string, section: string): readonly Check<RoleSubject<T>>[] {
  return [listed(role, section), signatures(role, section), owners(role), version(role, section), expiry(role, section)];
}

/** An arbitrary file under a known name: it must be the one that the naming document means. */
function listed<T extends RoleFields>(role: string, section: string): Check<RoleSubject<T>> {
  return {
    name: `${role}/listed`,
    source: `TUF ${section}, against the document that lists it`,
    examine: ({ candidate, listed }) => {
      const expected =
        listed === undefined
          ? "not listed by another document"
          : `version ${listed.version}${listed.hashes ? `, sha256 ${listed.hashes.sha256}` : ""}`;
      const found = `version ${candidate.signed.version}, sha256 ${candidate.digest}`;
      const holds =
        listed === undefined ||
        (listed.version === candidate.signed.version &&
          (listed.hashes === undefined || listed.hashes.sha256 === candidate.digest) &&
          (listed.length === undefined || candidate.bytes.length <= listed.length));
      return decide(
        holds,
        expected,
        found,
        "not-the-listed-file",
        "The mirror mixes files of different times or makes its own; use another mirror.",
      );
    },
  };
}

function signatures<T extends RoleFields>(role: string, section: string): Check<RoleSubject<T>> {
  return {
    name: `${role}/signatures`,
    source: `TUF ${section}, threshold of keys`,
    examine: ({ candidate, authority }) => {
      const signers = signersOf(candidate, authority);
      return decide(
        signers.length >= authority.threshold,
        `${authority.threshold} of ${authority.keyids.length} trusted keys`,
        `${signers.length} valid (${signers.map((keyid) => keyid.slice(0, 8)).join(", ") || "none"})`,
        "threshold-not-met",
        "Too few of the keys that may sign this did; it is forged, or the signers have not finished.",
      );
    },
  };
}

function owners<T extends RoleFields>(role: string): Check<RoleSubject<T>> {
  return {
    name: `${role}/owners`,
    source: "quorums count owners, not keys",
    examine: ({ candidate, authority, ownerOf }) => {
      const people = ownersOf(signersOf(candidate, authority), ownerOf);
      return decide(
        people.length >= authority.threshold,
        `${authority.threshold} different owners`,
        people.join(", ") || "nobody",
        "owners-not-distinct",
        "One owner cannot fill a quorum with several keys; another owner must sign.",
      );
    },
  };
}

function version<T extends RoleFields>(role: string, section: string): Check<RoleSubject<T>> {
  return {
    name: `${role}/version`,
    source: `TUF ${section}, rollback`,
    examine: ({ candidate, stored, storedDigest = candidate.digest }) =>
      decide(
        stored === undefined ||
          candidate.signed.version > stored.version ||
          (candidate.signed.version === stored.version && candidate.digest === storedDigest),
        `version ${stored?.version ?? 1}, the same file, or later`,
        `version ${candidate.signed.version}`,
        "version-rolled-back",
        "This is older than what was seen before: a replay. Use another mirror.",
      ),
  };
}

function expiry<T extends RoleFields>(role: string, section: string): Check<RoleSubject<T>> {
  return {
    name: `${role}/expiry`,
    source: `TUF ${section}, freeze`,
    examine: ({ candidate, now }) =>
      decide(
        Date.parse(candidate.signed.expires) > now,
        `not expired at ${new Date(now).toISOString()}`,
        `expires ${candidate.signed.expires}`,
        "expired",
        "Nobody has vouched for this recently: a freeze, or the publisher is down. Use another mirror, or ask the publisher.",
      ),
  };
}
