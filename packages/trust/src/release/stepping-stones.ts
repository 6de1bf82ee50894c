// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "../digest.ts";
import type { Entry } from "./head.ts";
import type { Order } from "./order.ts";
import type { Statement } from "./statement.ts";

/**
 * The releases over which a device of any age reaches the newest one: that one, and below its minimum the release that asks for the least, and so on
 * down. A head keeps them however old they are; what was recalled is no stone. `releases` by ascending sequence.
 */
export function steppingStones(releases: readonly Entry<Statement>[], orders: readonly Entry<Order>[]): ReadonlySet<Digest> {
  const recalled = new Set(orders.filter(({ body }) => body.action === "recall").map(({ body }) => body.release));
  const firm = releases.filter(({ digest }) => !recalled.has(digest));
  const stones = new Set<Digest>();
  for (let stone = firm.at(-1); stone !== undefined; stone = below(stone, firm)) stones.add(stone.digest);
  return stones;
}

/** The stone before this one: of those from which it can be reached, the one that can itself be reached from furthest back; of equals the newest. */
function below({ body: { minimumSequence } }: Entry<Statement>, firm: readonly Entry<Statement>[]): Entry<Statement> | undefined {
  return firm
    .filter(({ body }) => body.sequence >= minimumSequence && body.minimumSequence < minimumSequence)
    .reduce<Entry<Statement> | undefined>(
      (best, next) => (best === undefined || next.body.minimumSequence <= best.body.minimumSequence ? next : best),
      undefined,
    );
}
