// SPDX-License-Identifier: Apache-2.0
import { median } from "./figure.ts";
import type { Settings } from "./settings.ts";

/** What a client does: with an empty store, with a store that is up to date, and then find one target; the first and the last of these at once. */
export const operations = ["cold refresh", "warm refresh", "lookup", "cold refresh and lookup"] as const;
export type Operation = (typeof operations)[number];

/** What one operation cost; times in milliseconds, sizes in bytes. */
export interface Cost {
  readonly time: number;
  readonly cpu: number;
  readonly requests: number;
  readonly bytes: number;
  readonly peak: number;
}

/** A cost for each operation, or why there is none. */
export type Costs = Readonly<Record<Operation, Cost | string>>;

/** Who is measured: each call does one operation once, in a process of its own. */
export interface Client {
  readonly name: string;
  once(operation: Operation): Promise<Cost | string>;
}

/** Above this, once must do. */
const slowMilliseconds = 10_000;

/**
 * Lets every client do everything, several times. They take turns, so that what else the machine does falls on all of them, and the median of
 * each figure counts.
 */
export async function compareClients(clients: readonly Client[], { repeat, progress }: Settings): Promise<ReadonlyMap<string, Costs>> {
  const runs = clients.map((client) => ({ client, costs: new Map<Operation, Cost[]>(), failure: "", slow: false }));
  for (let round = 0; round < repeat; round++) {
    for (const run of runs) {
      if (run.failure !== "" || run.slow) continue;
      progress(`  round ${round + 1} of ${repeat}: ${run.client.name}`);
      for (const operation of operations) {
        const cost = await run.client.once(operation);
        if (typeof cost === "string" && operation === "cold refresh") run.failure = cost;
        if (run.failure !== "") break;
        if (typeof cost === "string") continue;
        run.costs.set(operation, [...(run.costs.get(operation) ?? []), cost]);
        run.slow ||= cost.time > slowMilliseconds;
      }
    }
  }
  return new Map(
    runs.map(({ client, costs, failure }) => {
      const each = operations.map((operation) => [operation, middle(costs.get(operation)) ?? (failure || "nothing to do")] as const);
      return [client.name, Object.fromEntries(each) as Record<Operation, Cost | string>];
    }),
  );
}

function middle(costs: readonly Cost[] = []): Cost | undefined {
  if (costs.length === 0) return undefined;
  const of = (field: keyof Cost): number => median(costs.map((cost) => cost[field]));
  return { time: of("time"), cpu: of("cpu"), requests: of("requests"), bytes: of("bytes"), peak: of("peak") };
}
