// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Registered } from "../identity.ts";
import { peopleOf } from "../register-checks.ts";

/** An identity that is about to get another owner. */
export interface TransferSubject {
  readonly candidate: { readonly owner: string; readonly deputy: string };
  readonly identity: Registered;
  /** Who signed for it. */
  readonly person: string;
  readonly policy: Policy;
  /** People who have left. */
  readonly left: readonly string[];
}

/** What is asked of a transfer, besides that duties stay apart. */
export const transferChecks: readonly Check<TransferSubject>[] = [
  {
    name: "transfer/by",
    source: "NHI1: who answers for it hands it over; where they have left, its deputy steps in",
    examine: ({ identity: { name, owner, deputy, status }, person, left, policy }) => {
      const gone = left.includes(owner) || !peopleOf(policy).includes(owner);
      const may = status !== "retired" && (person === owner || (gone && person === deputy));
      const expected = gone ? `${deputy}, since ${owner} has left` : owner;
      return decide(
        may,
        `${expected}, for an identity that is not retired`,
        `${person}, for ${name}, which is ${status}`,
        "not-answerable",
        `Ask ${gone ? deputy : owner}.`,
      );
    },
  },
  {
    name: "transfer/to",
    source: "NHI1: nothing is ownerless, and nothing is in the hands of somebody who left",
    examine: ({ candidate: { owner, deputy }, policy, left }) => {
      const people = peopleOf(policy).filter((person) => !left.includes(person));
      const alone = policy.separation === "key" && people.length === 1;
      return decide(
        people.includes(owner) && people.includes(deputy) && (owner !== deputy || alone),
        `two of ${people.join(", ")}`,
        `${owner} and ${deputy}`,
        "owner-unknown",
        "Name an owner and another person as deputy, both of the policy.",
      );
    },
  },
  {
    name: "transfer/key",
    source: "the signed policy says whose a key is, and who answers for it",
    examine: ({ candidate: { owner }, identity: { name, keyid }, policy }) => {
      const holder = keyid === null ? undefined : policy.holders[keyid];
      return decide(
        keyid === null || holder === undefined || holder.owner === owner,
        `no key, or one whose owner is ${owner} in the policy`,
        keyid === null ? "no key" : `${name}'s key is ${holder?.owner ?? "nobody"}'s`,
        "key-of-another",
        "Change the policy first: countersign policy diff, countersign key ceremony open --new-policy",
      );
    },
  },
];
