// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Stopwatch } from "./report.ts";
import { keyFromHex, leastOf } from "./verified.ts";

// The least that a client in this language must do with documents that have come; their bytes are in memory before the clock starts.
// node floor.ts PUBLIC_KEY_HEX... -- FILE...

const [, , ...args] = process.argv;
const split = args.indexOf("--");
const keys = args.slice(0, split).map(keyFromHex);
const documents = args.slice(split + 1).map((file, index) => [readFileSync(file), keys[index]] as const);

const kept: unknown[] = []; // as a client keeps what it trusts
const stopwatch = new Stopwatch();
await stopwatch.step("refresh", () => {
  for (const [bytes, key] of documents) if (key !== undefined) kept.push(leastOf(bytes, key));
});
stopwatch.report();
if (kept.length !== documents.length) throw new Error("Error: a document without a key");
