// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Served } from "./clients.ts";
import type { Client, Operation } from "./compare.ts";
import { scratch } from "./repositories/cached.ts";
import { binOf } from "./repositories/generate.ts";
import { ownLimitSeconds } from "./settings.ts";
import { runSubject } from "./subject.ts";

/** A document by its file name, and the key that signs it, in hex. */
type Document = readonly [name: string, key: string];

/**
 * The least that the documents of each operation cost: JSON.parse, one hash and one verification of each. `floor`: of bytes that are in memory,
 * nothing else. `plain`: fetched one after the other and kept so that they outlast a crash, which no client can do without.
 */
export function leastClient(name: "floor" | "plain", { directory, server, target, binBits }: Served): Client {
  const metadata = join(directory, "metadata");
  const root = JSON.parse(readFileSync(join(metadata, "1.root.json"), "utf8")).signed;
  const key = (role: string): string => root.keys[root.roles[role].keyids[0]].keyval.public;
  const top: readonly Document[] = [
    ["1.root.json", key("root")],
    ["timestamp.json", key("timestamp")],
    ["1.snapshot.json", key("snapshot")],
    ["1.targets.json", key("targets")],
  ];
  const bin = binBits === undefined ? [] : [binFile(metadata, target, binBits)];
  const documents: Readonly<Record<Operation, readonly Document[]>> = {
    "cold refresh": top,
    "warm refresh": top,
    lookup: bin,
    "cold refresh and lookup": [...top, ...bin],
  };
  return {
    name,
    async once(operation) {
      const read = documents[operation];
      if (read.length === 0) return "nothing to do";
      const keys = read.map(([, hex]) => hex);
      const files = read.map(([file]) => join(metadata, file));
      const args = name === "floor" ? [...keys, "--", ...files] : [server.url, scratch(name), ...keys, "--", ...read.map(([file]) => file)];
      const report = await runSubject(name, args, ownLimitSeconds);
      if (typeof report === "string") return report;
      const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
      return { time: report.steps["refresh"] ?? 0, cpu: report.cpu, peak: report.peak, requests: read.length, bytes };
    },
  };
}

function binFile(metadata: string, target: string, bits: number): Document {
  const [key] = Object.values(JSON.parse(readFileSync(join(metadata, "1.targets.json"), "utf8")).signed.delegations.keys) as [
    { readonly keyval: { readonly public: string } },
  ];
  const name = binOf(target, bits)
    .toString(16)
    .padStart(Math.ceil(bits / 4), "0");
  return [`1.bin-${name}.json`, key.keyval.public];
}
