// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { Stopwatch } from "./report.ts";

// SHA-256 of so many bytes that are in memory: node hash-in-memory.ts BYTES

const chunk = randomBytes(2 ** 20);
const chunks = Math.ceil(Number(process.argv[2]) / chunk.length);
const stopwatch = new Stopwatch();
await stopwatch.step("hash", () => {
  const hash = createHash("sha256");
  for (let done = 0; done < chunks; done++) hash.update(chunk);
  return hash.digest();
});
stopwatch.report();
