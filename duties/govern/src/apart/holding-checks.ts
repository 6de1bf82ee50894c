// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { conflictOf } from "./conflicts.ts";
import { meetingOf, type Part } from "./part.ts";
import { behind, links, type Register } from "./tenure.ts";

/** What of an identity decides whether it may hold its duties. */
export interface Holding {
  readonly name: string;
  readonly duties: readonly string[];
  readonly channel: string;
}

/** An identity as it would stand in the register, and everybody else in it. */
export interface HoldingSubject {
  readonly candidate: Holding;
  readonly others: readonly Holding[];
  /** As it would be afterwards: the tenures of the candidate's owner, and of whom a change brings, are in it. */
  readonly register: Register;
  readonly separation: Policy["separation"];
  /** Unix milliseconds. */
  readonly now: number;
}

/** What is asked when an identity is registered, changed, or comes to another owner. */
export const holdingChecks: readonly Check<HoldingSubject>[] = [
  {
    name: "apart/identity",
    source: "one identity, one duty: two that conflict never meet in it",
    examine: ({ candidate: { name, duties } }) => {
      const pair = pairsOf(duties, duties).find(([one, other]) => conflictOf(one, other));
      return decide(
        pair === undefined,
        "duties that do not conflict",
        pair === undefined ? duties.join(", ") : `${name} would ${pair.join(" and ")}`,
        "duties-meet",
        "Register an identity of its own for each duty, with another owner.",
      );
    },
  },
  {
    name: "apart/holdings",
    source: "nobody is behind two identities whose duties on one channel conflict",
    examine: (subject) => {
      const other = subject.separation === "owner" ? subject.others.find((each) => heldTogether(subject, each)) : undefined;
      return decide(
        other === undefined,
        "an owner who is not behind a conflicting duty on the same channel, and was not in the last 90 days",
        other === undefined
          ? `none is behind ${subject.candidate.name}`
          : `${other.name} (${other.duties.join(", ")}) is in the same hands`,
        "duties-meet",
        "Choose another owner.",
      );
    },
  },
];

function heldTogether({ candidate, register, now }: HoldingSubject, other: Holding): boolean {
  if (other.name === candidate.name || other.channel !== candidate.channel) return false;
  if (!pairsOf(candidate.duties, other.duties).some(([a, b]) => conflictOf(a, b)?.held)) return false;
  const span = { at: now, now };
  const others = behind(register, other.name, span, links);
  return [...behind(register, candidate.name, span, links)].some((name) => others.has(name));
}

function pairsOf(some: readonly string[], others: readonly string[]): readonly (readonly [string, string])[] {
  return some.flatMap((one) => others.map((other) => [one, other] as const));
}

/** An identity that is about to come into other hands, and the releases on which it acted lately. */
export interface ChangeOfHandsSubject {
  readonly candidate: { readonly identity: string; readonly to: string };
  /** Of each release in which the identity had a part, everybody's. */
  readonly releases: readonly (readonly Part[])[];
  readonly before: Register;
  readonly after: Register;
  readonly separation: Policy["separation"];
  readonly now: number;
}

/** What is asked, besides `holdingChecks`, when an identity comes to another owner or its deputy steps in. */
export const changeOfHandsChecks: readonly Check<ChangeOfHandsSubject>[] = [
  {
    name: "apart/change-of-hands",
    source: "a change of owner does not launder, in neither direction",
    examine: ({ candidate, releases, before, after, separation, now }) => {
      const meeting =
        separation === "key"
          ? undefined
          : releases
              .filter((parts) => meetingOf(parts, before, now, links) === undefined)
              .map((parts) => meetingOf(parts, after, now, links))
              .find((found) => found !== undefined);
      return decide(
        meeting === undefined,
        `${candidate.identity} in hands that did nothing that conflicts with what it did`,
        meeting ?? `${candidate.to} did not`,
        "duties-meet",
        "Hand it to somebody who had no part in its releases, or retire it and register another.",
      );
    },
  },
];
