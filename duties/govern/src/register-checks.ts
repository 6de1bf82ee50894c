// SPDX-License-Identifier: Apache-2.0
import { canonicalText, type Json } from "@countersign/trust/canonical";
import { type Check, decide } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Identity, Registered } from "./identity.ts";

/** An identity before it is registered, and all that its rules look at. */
export interface RegistrationSubject {
  readonly candidate: Identity;
  /** Who asks for it. */
  readonly person: string;
  readonly policy: Policy;
  /** Everything that was ever registered. */
  readonly others: readonly Registered[];
  /** Unix milliseconds. */
  readonly now: number;
}

/** What is registered and is about to change. */
export interface RegisteredSubject {
  readonly candidate: Registered;
  readonly person: string;
  readonly policy: Policy;
  readonly now: number;
}

export interface RenewalSubject extends RegisteredSubject {
  readonly reviewBy: string;
}

/** Nobody promises for longer than a year. */
const LONGEST_MS = 366 * 86_400_000;

/** The people of a policy: holders who are their own owners. */
export function peopleOf({ holders }: Policy): readonly string[] {
  return [...new Set(Object.values(holders).flatMap(({ holder, owner }) => (holder === owner ? [holder] : [])))];
}

/** What keeps an identity out of the register. */
export const registrationChecks: readonly Check<RegistrationSubject>[] = [
  {
    name: "register/owner",
    source: "NHI1: every identity has one accountable person, who says so",
    examine: ({ candidate: { owner }, person }) =>
      decide(
        owner === person,
        `the owner's own signature: ${owner}'s`,
        person,
        "not-the-owner",
        `Have ${owner} register it: --as ${owner}`,
      ),
  },
  {
    name: "register/deputy",
    source: "NHI1: nothing is ownerless when one person leaves",
    examine: ({ candidate: { owner, deputy }, policy }) => {
      const people = peopleOf(policy);
      const alone = policy.separation === "key" && people.length === 1; // one person alone has no other, and the policy says so
      return decide(
        people.includes(deputy) && (deputy !== owner || alone),
        `another person than ${owner}, whom the policy names`,
        people.includes(deputy) ? deputy : `${deputy}, whom it does not`,
        "deputy-unfit",
        `Name one of ${people.filter((each) => each !== owner).join(", ")}.`,
      );
    },
  },
  {
    name: "register/review",
    source: "NHI7: nothing is registered for ever",
    examine: ({ candidate, now }) => reviewable(candidate.reviewBy, now),
  },
  {
    name: "register/channel",
    source: "NHI8: a channel that there is, and one only",
    examine: ({ candidate: { channel }, policy }) => {
      const known = Object.keys(policy.channels);
      return decide(known.includes(channel), known.join(" or "), channel, "channel-unknown", "Name a channel that the policy has.");
    },
  },
  {
    name: "register/name",
    source: "a name is given once, so that what it did stays its own",
    examine: ({ candidate: { name }, policy, others }) => {
      const before = others.find((other) => other.name === name);
      const isPerson = peopleOf(policy).includes(name);
      return decide(
        before === undefined && !isPerson,
        "a name that nobody has or had",
        before === undefined ? (isPerson ? `${name} is a person` : name) : `${name} is ${before.status}`,
        "identity-taken",
        "Choose another name.",
      );
    },
  },
  {
    name: "register/place",
    source: "NHI9: one identity for each component and channel",
    examine: ({ candidate: { component, channel }, others }) => {
      const there = living(others).find((other) => other.component === component && other.channel === channel);
      return decide(
        there === undefined,
        `no identity for ${component} on ${channel}`,
        there?.name ?? "none",
        "component-taken",
        "Use that one, or retire it first: countersign identity retire",
      );
    },
  },
  {
    name: "register/proof",
    source: "NHI9: the same job, certificate or key is never two identities",
    examine: ({ candidate: { pin, keyid }, others }) => {
      const proof = canonicalText(pin as unknown as Json);
      const same = living(others).find(
        (other) => canonicalText(other.pin as unknown as Json) === proof || (keyid !== null && other.keyid === keyid),
      );
      return decide(
        same === undefined,
        "a pin and a key that nothing else has",
        same === undefined ? "its own" : `${same.name} (${same.channel}) has one of them`,
        "proof-taken",
        "Give each channel a job, environment or certificate of its own, and a key of its own.",
      );
    },
  },
  {
    name: "register/key",
    source: "the signed policy says whose a key is, and who answers for it",
    examine: ({ candidate: { name, owner, keyid }, policy }) => {
      const holder = keyid === null ? undefined : policy.holders[keyid];
      return decide(
        keyid === null || (holder?.holder === name && holder.owner === owner),
        `no key, or one that the policy lists for ${name} of ${owner}`,
        keyid === null ? "no key" : holder === undefined ? "one that it does not list" : `a key of ${holder.holder} of ${holder.owner}`,
        "key-of-another",
        "Register it as the policy has it, or change the policy first.",
      );
    },
  },
];

const notRetired: Check<RegisteredSubject> = {
  name: "register/not-retired",
  source: "what is retired stays so",
  examine: ({ candidate: { name, status } }) =>
    decide(status !== "retired", "an identity that is not retired", `${name} is ${status}`, "identity-retired", "Register another one."),
};

/** Stopping takes one person, and any. */
export const suspensionChecks: readonly Check<RegisteredSubject>[] = [
  notRetired,
  {
    name: "register/not-suspended",
    source: "once is enough",
    examine: ({ candidate: { name, status } }) =>
      decide(status !== "suspended", "an identity that is active", `${name} is ${status}`, "identity-suspended", "Nothing is left to do."),
  },
];

/** Ending for ever takes somebody who answers for it. */
export const retirementChecks: readonly Check<RegisteredSubject>[] = [
  notRetired,
  {
    name: "register/answers",
    source: "who answers for it ends it; anybody may suspend it",
    examine: ({ candidate: { owner, deputy }, person }) =>
      decide(
        person === owner || person === deputy,
        `${owner} or ${deputy}`,
        person,
        "not-answerable",
        "Suspend it, and ask its owner: countersign identity suspend",
      ),
  },
];

/** Letting it go on takes another person than the one who has it. */
export const renewalChecks: readonly Check<RenewalSubject>[] = [
  notRetired,
  {
    name: "register/reviewer",
    source: "NHI1: nobody reviews their own",
    examine: ({ candidate: { owner }, person, policy }) =>
      decide(
        person !== owner || policy.separation === "key",
        `anybody but ${owner}, who owns it`,
        person,
        "reviewer-is-owner",
        "Ask its deputy, or anybody else.",
      ),
  },
  {
    name: "register/next-review",
    source: "NHI7: nothing is renewed for ever",
    examine: ({ reviewBy, now }) => reviewable(reviewBy, now),
  },
];

function reviewable(reviewBy: string, now: number): ReturnType<typeof decide> {
  const at = Date.parse(reviewBy);
  return decide(
    at > now && at <= now + LONGEST_MS,
    "a review date ahead, and within a year",
    reviewBy,
    "review-date-unfit",
    "Name the day on which somebody looks at it again.",
  );
}

function living(others: readonly Registered[]): readonly Registered[] {
  return others.filter(({ status }) => status !== "retired");
}
