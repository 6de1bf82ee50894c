// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Evidence } from "../check.ts";
import type { Envelope } from "../envelope.ts";
import { type Authority, ownersOf, signersOf } from "../quorum.ts";
import type { Outcome } from "../refusal.ts";
import type { RoleContext, RoleFields, RoleSubject } from "../tuf/role.ts";

/** Who is behind a key, by the root or the policy; quorums count these. */
export type OwnerOf = (keyid: string) => string | undefined;

/** What the rules of a role of ours look at: TUF's, and whose keys they are. */
export interface OwnedContext<T extends RoleFields> extends RoleContext<T> {
  readonly ownerOf: OwnerOf;
}

export interface OwnedSubject<T extends RoleFields> extends RoleSubject<T> {
  readonly ownerOf: OwnerOf;
}

/** TUF's threshold of keys is a threshold of owners, too. */
export function owners(role: string): Check<Pick<OwnedSubject<RoleFields>, "candidate" | "authority" | "ownerOf">> {
  return {
    name: `${role}/owners`,
    source: "quorums count owners, not keys",
    examine: ({ candidate, authority, ownerOf }) => ownerQuorum(candidate, authority, ownerOf),
  };
}

/** The rule behind `owners`; a root asks it of itself and of the root before. */
export function ownerQuorum(candidate: Envelope<unknown>, authority: Authority, ownerOf: OwnerOf): Outcome<Evidence> {
  const people = ownersOf(signersOf(candidate, authority), ownerOf);
  return decide(
    people.length >= authority.threshold,
    `${authority.threshold} different owners`,
    people.join(", ") || "nobody",
    "owners-not-distinct",
    "One owner cannot fill a quorum with several keys; another owner must sign.",
  );
}

/** The file before, where as many keys as the authority asks for today signed it; undefined where its keys were replaced since. */
export function stillCounts<E extends Envelope<unknown>>(stored: E | undefined, authority: Authority): E | undefined {
  return stored !== undefined && signersOf(stored, authority).length >= authority.threshold ? stored : undefined;
}

/**
 * Beyond TUF, where only snapshot keeps targets from going back: a device takes no older file than the one it has, and one version is only
 * ever one file, whatever the keys that list it do.
 */
export function onward<T extends RoleFields>(role: string): Check<Pick<RoleSubject<T>, "candidate" | "stored">> {
  return {
    name: `${role}/version`,
    source: "one version is only ever one file, and none comes back",
    examine: ({ candidate, stored }) =>
      decide(
        stored === undefined ||
          candidate.signed.version > stored.signed.version ||
          (candidate.signed.version === stored.signed.version && candidate.digest === stored.digest),
        `version ${stored?.signed.version ?? 1}, the same file, or later`,
        `version ${candidate.signed.version}`,
        "version-rolled-back",
        "This is older than what was seen before: a replay. Use another mirror.",
      ),
  };
}
