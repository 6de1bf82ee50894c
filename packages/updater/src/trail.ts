// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";
import type { Report } from "./report.ts";

/** Keeps the last attempt's report, so that `explain` can show what was checked, against what, and why it ended as it did. */
export async function writeTrail(directory: string, report: Report): Promise<void> {
  await writeDurably(trailFile(directory), `${JSON.stringify(report, null, 2)}\n`);
}

/** The last attempt's report. It is this device's own file; nothing is decided by it. */
export async function readTrail(directory: string): Promise<Outcome<Report>> {
  try {
    return { ok: true, value: JSON.parse(await readFile(trailFile(directory), "utf8")) as Report };
  } catch (error) {
    if (isErrno(error, "ENOENT"))
      return refuse("no-trail", "a report of an attempt", directory, "Run: countersign device check --dir DIRECTORY");
    if (error instanceof SyntaxError)
      return refuse("trail-damaged", "a report of an attempt", error.message, "Run: countersign device check --dir DIRECTORY");
    throw error;
  }
}

function trailFile(directory: string): string {
  return join(directory, "trail.json");
}
