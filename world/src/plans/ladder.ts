// SPDX-License-Identifier: Apache-2.0
import { type Profile, profileDefaults } from "@countersign/trust/policy/profile";
import type { Plan } from "../plan.ts";
import { ownersPlan } from "./owners.ts";
import { pairPlan } from "./pair.ts";
import { soloPlan } from "./solo.ts";

/** Who and what there is. */
export interface Means {
  /** People who each answer for what is theirs, each named once. */
  readonly owners: readonly string[];
  /** Places that can build the same bytes, each run by another of them. */
  readonly builders: number;
}

/** One kind of plan, and what it takes at least. */
export interface Rung {
  readonly name: "solo" | "pair" | Profile;
  readonly owners: number;
  readonly builders: number;
  plan(product: string, channel: string, means: Means): Plan;
}

function rung(profile: Profile): Rung {
  const { owners, builders } = profileDefaults[profile];
  return {
    name: profile,
    owners,
    builders,
    plan: (product, channel, means) => ownersPlan(profile, product, channel, means.owners, means.builders),
  };
}

/** Every kind of plan, each stronger than those before it. */
export const ladder: readonly [Rung, ...Rung[]] = [
  { name: "solo", owners: 1, builders: 1, plan: (product, channel, { owners: [owner = ""] }) => soloPlan(product, channel, owner) },
  {
    name: "pair",
    owners: 2,
    builders: 1,
    plan: (product, channel, { owners: [first = "", second = "", ...more] }) => pairPlan(product, channel, [first, second, ...more]),
  },
  rung("app"),
  rung("agent"),
  rung("firmware"),
];

/** What is missing for a rung: nothing where both are 0. */
export function missingFor({ owners, builders }: Rung, means: Means): { readonly owners: number; readonly builders: number } {
  return { owners: Math.max(0, owners - means.owners.length), builders: Math.max(0, builders - means.builders) };
}

/** The strongest plan that these people and machines can hold. */
export function strongest(means: Means): Rung {
  const held = ladder.findLast((each) => isHeld(each, means));
  return held ?? ladder[0];
}

/** The first rung above the one that is held. */
export function nextAbove({ name }: Rung): Rung | undefined {
  return ladder[ladder.findIndex((each) => each.name === name) + 1];
}

export function isHeld(rung: Rung, means: Means): boolean {
  const { owners, builders } = missingFor(rung, means);
  return owners === 0 && builders === 0;
}
