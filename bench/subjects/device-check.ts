// SPDX-License-Identifier: Apache-2.0
import { update } from "@countersign/updater/update";
import { must, Stopwatch } from "./report.ts";

// A device looks for something new: node device-check.ts DIRECTORY EXPECTED_RESULT

const [, , directory = "", expected] = process.argv;
const stopwatch = new Stopwatch();
const report = await stopwatch.step("check", async () => must(await update(directory, { until: "check" })));
stopwatch.report();
if (report.result !== expected) throw new Error(`Error: ${expected} was expected, not ${report.result}: ${JSON.stringify(report.refusal)}`);
