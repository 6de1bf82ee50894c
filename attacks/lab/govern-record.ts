// SPDX-License-Identifier: Apache-2.0
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ActRecord, actDigest } from "@countersign/govern/act";
import { column } from "@countersign/govern/column";
import { openDatabase } from "@countersign/govern/database";
import { type PublicFacts, readPublicFacts } from "@countersign/govern/verify/public-facts";
import { type GovernRecord, readRecord } from "@countersign/govern/verify/record";
import { recordChecks } from "@countersign/govern/verify/record-checks";
import { replay } from "@countersign/govern/verify/replay";
import { verifyRecord } from "@countersign/govern/verify/verify";
import { directoryStore } from "@countersign/repository/directory-store";
import { anchorFile, dutyDirectory, type Project, storeDirectory } from "@countersign/world/project";
import type { Strike } from "./attack.ts";
import { taken } from "./base.ts";
import type { Lab } from "./lab.ts";

export type ActRow = GovernRecord["acts"][number];

let copies = 0;

/** A copy of govern's database as it was left, to be edited at will. */
export async function copiedDatabase({ project, scratch }: Pick<Lab, "project" | "scratch">): Promise<string> {
  const from = join(dutyDirectory(project, "govern"), "govern.sqlite");
  const to = join(scratch, `govern-${++copies}.sqlite`);
  for (const part of ["", "-wal"])
    await copyFile(from + part, to + part).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  return to;
}

/** What is in a copy of govern's database. */
export async function recordOf(lab: Pick<Lab, "project" | "scratch">): Promise<GovernRecord> {
  const database = await openDatabase(await copiedDatabase(lab));
  try {
    return await readRecord(database);
  } finally {
    await database.destroy();
  }
}

/** What whoever verifies reads of the world: nothing of it is govern's. */
export async function factsOf(project: Project): Promise<PublicFacts> {
  const store = directoryStore(storeDirectory(project));
  return taken(await readPublicFacts(store, await readFile(anchorFile(project)), Date.now()));
}

/** These acts as somebody writes them who knows how: numbered, chained, and every table computed from them. */
export async function writtenAnew(acts: readonly ActRow[]): Promise<GovernRecord> {
  let previous: ActRow["previous"] = null;
  const chained = acts.map((act, index): ActRow => {
    const moved = { ...act, number: index + 1, previous };
    previous = actDigest({ ...moved, body: JSON.parse(moved.body) } as ActRecord);
    return { ...moved, digest: previous };
  });
  return { acts: chained, tables: taken(await replay(chained)) };
}

/** An act that never happened, for the end of the chain. */
export function inventedAct(who: string, act: string, subject: string, body: unknown): ActRow {
  const time = new Date().toISOString();
  return { number: 0, previous: null, time, who, act, subject, body: column(body), digest: "" as ActRow["digest"], index: null };
}

/** Verifies a record as an auditor would, without some of its checks; success is that nothing is found. */
export async function strikeAuditor(record: GovernRecord, facts: PublicFacts, without: readonly string[]): Promise<Strike> {
  const checks = recordChecks.filter(({ name }) => !without.includes(name));
  if (checks.length !== recordChecks.length - without.length) throw new Error(`govern verify lacks one of ${without.join(", ")}`);
  const { verdicts, ok } = await verifyRecord(record, facts, Date.now(), checks);
  const refused = verdicts.find(({ refusal }) => refusal !== undefined);
  if (ok || refused === undefined) return { succeeded: true, evidence: `${record.acts.length} acts verify, the invented ones with them` };
  const evidence = `expected ${refused.expected}; found ${refused.found.slice(0, 200)}`;
  return { succeeded: false, check: refused.check, at: "govern verify", evidence };
}
