// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { auditLedger } from "@countersign/release/ledger-audit";
import { directoryStore } from "@countersign/repository/directory-store";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { openProject, storeDirectory } from "@countersign/world/project";
import type { Command } from "commander";
import { orStore, type RecordOptions, trustedRoot } from "../record.ts";
import { table } from "../table.ts";
import { verb } from "../verb.ts";

const SHOWN = 20;
/** A repository that is written to has files of the next tree before the checkpoint of it: what is wrong then is right a moment later, and what is damaged stays so. */
const AGAIN = 2;
const SETTLING_MILLISECONDS = 1000;

export function audit(command: Command): void {
  command.description(
    "make the whole log again from its entries, and hold every file of a repository's directory against it, or against its own digest and signatures: one flipped bit is found",
  );
  verb<RecordOptions>(command, "ledger audit --store /mnt/mirror --root root.json", async (options, screen) => {
    const directory = await directoryOf(options);
    if (!directory.ok) return directory;
    const anchor = await trustedRoot(options);
    if (!anchor.ok) return anchor;
    const reader = directoryStore(directory.value, { prefixes: [] });
    const audit = (): ReturnType<typeof auditLedger> =>
      auditLedger(reader, anchor.value, Date.now(), (done, of) => screen.progress(`${done} of ${of} entries ...`));
    let audited = await audit();
    for (let again = 0; again < AGAIN && audited.ok && audited.value.faults.length > 0; again++) {
      await sleep(SETTLING_MILLISECONDS);
      audited = await audit();
    }
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

/** Only a directory can be asked what is in it that should not be. */
async function directoryOf({ store, project: from }: RecordOptions): Promise<Outcome<string>> {
  if (store !== undefined)
    return /^https?:/.test(store)
      ? refuse(
          "store-not-listed",
          "a directory, whose every file is looked at",
          store,
          "Copy it, log/ and metadata/ at least; then: countersign ledger audit --store DIR",
        )
      : accept(resolve(store));
  const project = await openProject(from ?? process.cwd());
  return project.ok ? accept(storeDirectory(project.value)) : orStore(project);
}
