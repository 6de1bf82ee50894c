// SPDX-License-Identifier: Apache-2.0
import { decode } from "@countersign/trust/decode";
import type { Profile } from "@countersign/trust/policy/profile";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Plan, plan } from "@countersign/world/plan";
import { withBrake } from "@countersign/world/plans/brake";
import { isHeld, ladder, type Means, missingFor, type Rung, strongest } from "@countersign/world/plans/ladder";

/** What is asked of a plan. */
export interface Wish {
  readonly product: string;
  readonly channel: string;
  readonly owners: readonly string[];
  /** Places that build, each run by another owner; as many as the profile takes, or one, unless told. */
  readonly builders?: number | undefined;
  /** The strongest that there are people and machines for, unless told. */
  readonly profile?: Profile | undefined;
  /** Instead of the profile's own, how long a release must be public: it goes into the signed policy. */
  readonly soakSeconds?: number | undefined;
  /** How unusual a release must be, in bits, for an observer to have it held; no brake unless told. */
  readonly brakeBits?: number | undefined;
}

/** A plan, which kind it is, and what it was derived from. */
export interface Choice {
  readonly rung: Rung;
  readonly means: Means;
  readonly plan: Plan;
}

/** The strongest plan that these people and machines can hold, or the one that they ask for; refused where somebody or something is missing for it. */
export function choosePlan(wish: Wish): Outcome<Choice> {
  const asked = ladder.find(({ name }) => name === wish.profile);
  const means: Means = { owners: [...new Set(wish.owners)], builders: wish.builders ?? asked?.builders ?? 1 };
  if (means.owners.length === 0) return refuse("owners-missing", "at least one owner", "none", "Name yourself: --owner NAME");
  if (asked !== undefined && !isHeld(asked, means)) return tooFew(asked, means);
  const rung = asked ?? strongest(means);
  const derived = withSoak(rung.plan(wish.product, wish.channel, means), wish.soakSeconds);
  const made = decode(plan, wish.brakeBits === undefined ? derived : withBrake(derived, wish.brakeBits), "the plan");
  return made.ok ? accept({ rung, means, plan: made.value }) : made;
}

function withSoak(made: Plan, soakSeconds: number = made.soakSeconds): Plan {
  return { ...made, soakSeconds, urgent: { ...made.urgent, soakSeconds: Math.min(made.urgent.soakSeconds, soakSeconds) } };
}

function tooFew(rung: Rung, means: Means): Outcome<never> {
  const { name } = strongest(means);
  return refuse(
    "owners-missing",
    `${rung.name}: ${people(rung.owners)}, ${builders(rung.builders)}`,
    `${people(means.owners.length)} (${means.owners.join(", ")}), ${builders(means.builders)}`,
    `Add ${whatIsMissing(rung, means)}, or leave --profile out: ${name} is the strongest that ${means.owners.length === 1 ? "you" : "you all"} can hold now.`,
  );
}

/** What a rung takes that there is not, in words. */
export function whatIsMissing(rung: Rung, means: Means): string {
  const missing = missingFor(rung, means);
  return [
    ...(missing.owners === 0 ? [] : [`${missing.owners} ${missing.owners === 1 ? "person" : "people"} (--owner NAME)`]),
    ...(missing.builders === 0
      ? []
      : [`${missing.builders} build system${missing.builders === 1 ? "" : "s"} run by another of them (--builders ${rung.builders})`]),
  ].join(" and ");
}

function people(count: number): string {
  return `${count} ${count === 1 ? "person" : "people"}`;
}

function builders(count: number): string {
  return `${count} build system${count === 1 ? "" : "s"}`;
}
