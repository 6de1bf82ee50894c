// SPDX-License-Identifier: Apache-2.0
import { type Means, strongest } from "@countersign/world/plans/ladder";
import { type SetOfOne, setsOfOne } from "@countersign/world/sets-of-one";
import type { Choice } from "./choose-plan.ts";

/** One thing more, and whom it leaves no longer enough alone. */
export interface Addition {
  readonly what: string;
  readonly ends: readonly SetOfOne[];
}

/** How bad it is that somebody is enough alone. */
const weights: Readonly<Record<SetOfOne["kind"], number>> = { ship: 1000, trust: 100, mislead: 10, stop: 1 };

/** The single addition that would help most, found by trying each; undefined where none of them changes who is enough alone. */
export function bestAddition({ plan, means }: Choice): Addition | undefined {
  const someone = freshName(means);
  const additions: readonly (readonly [what: string, Means])[] = [
    ["one person more", { owners: [...means.owners, someone], builders: means.builders }],
    ["one person more, with a build system of their own", { owners: [...means.owners, someone], builders: means.builders + 1 }],
  ];
  const now = setsOfOne(plan);
  const tried = additions.map(([what, better]) => {
    const then = setsOfOne(strongest(better).plan(plan.product, plan.channel, better));
    return {
      what,
      gain: weight(now) - weight(then),
      ends: now.filter(({ who, can }) => !then.some((left) => left.who === who && left.can === can)),
    };
  });
  const [best] = tried.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
  return best;
}

function weight(sets: readonly SetOfOne[]): number {
  return sets.reduce((sum, { kind }) => sum + weights[kind], 0);
}

function freshName({ owners }: Means): string {
  let name = "somebody";
  while (owners.includes(name)) name += "-else";
  return name;
}
