// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import type { Client, Cost, Operation } from "./compare.ts";
import { scratch } from "./repositories/cached.ts";
import type { Server } from "./server.ts";
import { runSubject } from "./subject.ts";

/** A repository that is served, and what is asked of it. */
export interface Served {
  readonly directory: string;
  readonly server: Server;
  readonly target: string;
  readonly binBits: number | undefined;
}

/** A client with a store: ours or tuf-js, each run at most so many seconds. */
export function storingClient(name: "ours" | "tuf-js", { directory, server, target }: Served, limitSeconds: number): Client {
  const anchor = join(directory, "metadata", "1.root.json");
  const kept = join(scratch(`${name}-kept`), "store");
  let warm: Cost | undefined;

  const run = async (store: string, path: string): Promise<(Cost & { readonly lookup: number }) | string> => {
    const args = name === "ours" ? [server.url, store, anchor, path] : [server.url, store, path];
    await server.traffic();
    const report = await runSubject(name, args, limitSeconds);
    if (typeof report === "string") return report;
    const { refresh = 0, lookup = 0 } = report.steps;
    return { time: refresh + lookup, lookup, cpu: report.cpu, peak: report.peak, ...(await server.traffic()) };
  };
  const fresh = (): string => {
    const store = scratch(`${name}-fresh`);
    if (name === "tuf-js") copyFileSync(anchor, join(store, "root.json"));
    return store;
  };
  const lookUp = async (): Promise<Cost | string> => {
    const store = scratch(`${name}-lookup`);
    cpSync(kept, store, { recursive: true });
    const found = await run(store, target);
    if (typeof found === "string" || warm === undefined) return typeof found === "string" ? found : "no warm refresh";
    // it comes after a refresh in the same process: what it cost is the difference
    const { requests, bytes, cpu } = warm;
    const over = { requests: found.requests - requests, bytes: found.bytes - bytes, cpu: Math.max(0, found.cpu - cpu) };
    return { time: found.lookup, peak: found.peak, ...over };
  };

  const doing: Readonly<Record<Operation, () => Promise<Cost | string>>> = {
    "cold refresh": async () => {
      const store = fresh();
      const cost = await run(store, "");
      cpSync(store, kept, { recursive: true });
      return cost;
    },
    "warm refresh": async () => {
      const cost = await run(kept, "");
      if (typeof cost !== "string") warm = cost;
      return cost;
    },
    lookup: lookUp,
    "cold refresh and lookup": () => run(fresh(), target),
  };
  return { name, once: (operation) => doing[operation]() };
}
