// SPDX-License-Identifier: Apache-2.0
import type { PersonalAct } from "@countersign/release/personal-act";
import { type Check, decide } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import type { Policy } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";

/** A signed act of a person as it arrives. */
export interface PersonalActSubject {
  readonly candidate: Envelope<PersonalAct>;
  readonly policy: Policy;
  /** Unix milliseconds. */
  readonly now: number;
}

/** How long a document may be on its way, and how far a person's clock may be ahead. */
const OLDEST_MS = 10 * 60_000;
const AHEAD_MS = 60_000;

/** What makes a document an act of a person: nothing in this list looks into the database, where an administrator writes. */
export const personalActChecks: readonly Check<PersonalActSubject>[] = [
  {
    name: "act/person",
    source: "people are named by the signed policy, as holders who are their own owners",
    examine: ({ candidate, policy }) => {
      const keyid = candidate.signatures[0]?.keyid ?? "";
      const holder = policy.holders[keyid];
      return decide(
        holder !== undefined && holder.holder === holder.owner,
        "a key of a person whom the policy names",
        holder === undefined ? `${keyid || "no key"}, which it does not list` : `a key of ${holder.holder}, whom ${holder.owner} owns`,
        "not-a-person",
        "Sign it as one of the people of the policy: --as NAME",
      );
    },
  },
  {
    name: "act/signature",
    source: "TUF 4.2.1",
    examine: ({ candidate, policy }) => {
      const keyid = candidate.signatures[0]?.keyid ?? "";
      const key = policy.holders[keyid]?.key;
      const valid = key !== undefined && signersOf(candidate, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
      return decide(valid, "a signature by that key over this act", valid ? "valid" : "invalid", "signature-invalid", "Sign it again.");
    },
  },
  {
    name: "act/fresh",
    source: "what somebody found in a log is no act",
    examine: ({ candidate: { signed }, now }) => {
      const age = now - Date.parse(signed.time);
      return decide(
        age <= OLDEST_MS && age >= -AHEAD_MS,
        "an act that was signed in the last 10 minutes",
        `signed at ${signed.time}, and it is ${new Date(now).toISOString()}`,
        "act-stale",
        "Sign it again, on a machine whose clock is right.",
      );
    },
  },
];

/** A person's act where it is about to be taken, in the transaction that takes it. */
export interface UseSubject {
  readonly candidate: PersonalAct;
  /** Number of the act in which it was taken before. */
  readonly usedIn: number | undefined;
}

export const personalActUseChecks: readonly Check<UseSubject>[] = [
  {
    name: "act/unseen",
    source: "a document is taken once",
    examine: ({ usedIn }) =>
      decide(
        usedIn === undefined,
        "an act that was not taken before",
        usedIn === undefined ? "a new one" : `act ${usedIn} was made of it`,
        "act-seen",
        "Sign a new one, if you mean it again.",
      ),
  },
];
