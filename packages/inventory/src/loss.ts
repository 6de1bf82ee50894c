// SPDX-License-Identifier: Apache-2.0
import type { BlastRadius } from "./blast-radius.ts";
import type { View } from "./view.ts";
import type { Goal } from "./way.ts";

/** What the loss of something would mean for one goal on one channel. */
export interface Loss {
  readonly channel: string;
  readonly goal: Goal;
  readonly way: string;
  readonly does: string;
  /** How many others it takes besides; 0: it is enough alone. */
  readonly others: number;
}

/** Every way on which this element is a part of some minimal set, the nearest first. What is absent it cannot do, with any others. */
export function lossOf({ channel, reaches }: BlastRadius, view: View, id: string): readonly Loss[] {
  return reaches
    .filter((reach) => reach.view === view)
    .flatMap(({ goal, way, does, sets }): readonly Loss[] => {
      const sizes = sets.filter(({ elements }) => elements.some((element) => element.id === id)).map(({ elements }) => elements.length);
      return sizes.length === 0 ? [] : [{ channel, goal, way, does, others: Math.min(...sizes) - 1 }];
    })
    .sort((a, b) => a.others - b.others);
}

/** The nearest way to each goal. */
export function nearest(losses: readonly Loss[], goal: Goal): Loss | undefined {
  return losses.filter((loss) => loss.goal === goal).sort((a, b) => a.others - b.others)[0];
}

/** What one can do alone, with how many others the rest, and what not at all. */
export function meaning(losses: readonly Loss[]): string {
  const found = (["install", "stop", "hide"] as const).map((goal) => ({ goal, loss: nearest(losses, goal) }));
  const others = ({ loss }: { readonly loss: Loss | undefined }): number => loss?.others ?? Number.POSITIVE_INFINITY;
  const parts = found
    .toSorted((a, b) => (others(a) === others(b) ? 0 : others(a) - others(b)))
    .map(({ goal, loss }) => {
      if (loss === undefined) return `adds nothing to ${goal}`;
      return loss.others === 0 ? `alone it can ${goal} (${loss.way})` : `with ${loss.others} more ${goal} (${loss.way})`;
    });
  return parts.join(", ");
}
