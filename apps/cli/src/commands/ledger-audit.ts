// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { auditLedger } from "@countersign/release/ledger-audit";
import { directoryStore } from "@countersign/repository/directory-store";
import { accept, refuse } from "@countersign/trust/refusal";
import { anchorFile, openProject, storeDirectory } from "@countersign/world/project";
import type { Command } from "commander";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

interface Options {
  readonly project?: string;
  readonly store?: string;
}

const SHOWN = 20;

export function audit(command: Command): void {
  command
    .description("make the whole log again from its entries, and compare every file with what it must be, to the byte")
    .option("--store <dir>", "a copy of the repository, a mirror's say, instead of the project's own");
  verb<Options>(command, "ledger audit --store /mnt/mirror", async ({ project: from, store }, screen) => {
    const project = await openProject(from ?? process.cwd());
    if (!project.ok) return project;
    const reader = directoryStore(store === undefined ? storeDirectory(project.value) : resolve(store), { prefixes: [] });
    const audited = await auditLedger(reader, await readFile(anchorFile(project.value)), Date.now(), (done, of) =>
      screen.progress(`${done} of ${of} entries ...`),
    );
    if (!audited.ok) return audited;
    const { entries, files, faults } = audited.value;
    if (faults.length === 0)
      return accept({
        json: { entries, files, faults },
        text: `${entries} entries, ${files} files: each is what it must be, to the byte.`,
      });
    const rows = faults.slice(0, SHOWN).map(({ path, expected, found }) => [path, expected, found]);
    screen.say(`${table(["file", "expected", "found"], rows)}\n`);
    return refuse(
      "log-damaged",
      `${files} files that are what they must be`,
      `${faults.length} that are not, ${faults[0]?.path} first`,
      "Restore them from a mirror that passes: countersign ledger audit --store DIR",
    );
  });
}
