// SPDX-License-Identifier: Apache-2.0
import { update } from "@countersign/updater/update";
import { must, Stopwatch } from "./report.ts";

// A device looks for something new in a process that has done so before, as one inside a running program does: node device-again.ts DIRECTORY EXPECTED_RESULT

const before = 20;
const [, , directory = "", expected] = process.argv;
for (let times = 0; times < before; times++) must(await update(directory, { until: "check" }));
const stopwatch = new Stopwatch();
const report = await stopwatch.step("check", async () => must(await update(directory, { until: "check" })));
stopwatch.report();
if (report.result !== expected) throw new Error(`Error: ${expected} was expected, not ${report.result}: ${JSON.stringify(report.refusal)}`);
