// SPDX-License-Identifier: Apache-2.0
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { recordPath } from "@countersign/custody/place";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { openProject } from "@countersign/world/project";
import type { Command } from "commander";
import { readRecord, recordsTable, stateOf } from "../key-text.ts";
import { type SiteOptions, withProject } from "../site.ts";
import { verb } from "../verb.ts";

export function list(command: Command): void {
  withProject(
    command
      .description("every key of a project, or of the files that are named: whose, what for, where, until when, how much it was used")
      .argument("[files...]", "as `key create` made them; all of the project by default"),
  );
  verb<SiteOptions>(command, "key list ann.key stable-1.key", async (options, _, ...files) => {
    const paths = files.length > 0 ? accept(files.map(recordPath)) : await recordsIn(options);
    if (!paths.ok) return paths;
    const records = [];
    for (const path of paths.value) {
      const record = readRecord(path);
      if (!record.ok) return record;
      records.push(record.value);
    }
    const now = Date.now();
    const keys = records.map((record) => ({ ...record, state: stateOf(record, now) }));
    return accept({ json: { keys }, text: keys.length === 0 ? "no key has a record here" : recordsTable(records, now) });
  });
}

async function recordsIn({ project: from }: SiteOptions): Promise<Outcome<readonly string[]>> {
  const project = await openProject(from ?? process.cwd());
  if (!project.ok) return project;
  const { directory } = project.value;
  const found: string[] = [];
  for await (const path of glob("{duties,people,keys}/**/*.record", { cwd: directory })) found.push(path);
  return accept(found.sort().map((path) => join(directory, path)));
}
