// SPDX-License-Identifier: Apache-2.0
import { copyFile, open } from "node:fs/promises";
import { Stopwatch } from "./report.ts";

// A copy of a file, which is on disk when it is done: node copy-file.ts FROM TO

const [, , from = "", to = ""] = process.argv;
const stopwatch = new Stopwatch();
await stopwatch.step("copy", async () => {
  await copyFile(from, to);
  await using file = await open(to, "r+");
  await file.sync();
});
stopwatch.report();
