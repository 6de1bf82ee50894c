// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunningDuty } from "@countersign/daemon/child";
import { logFiles } from "@countersign/ledger/log-files";
import { auditLog } from "@countersign/tlog/audit";
import { parseEntry } from "@countersign/tlog/entry";
import { equalBytes } from "@countersign/tlog/hash";
import type { Outcome } from "@countersign/tlog/refusal";
import { TILE_WIDTH } from "@countersign/tlog/tile";
import { treeRoot } from "@countersign/tlog/tree";
import { appendAll, type Lane } from "./lane.ts";

/** What a log is after all its deaths. */
export interface Examination {
  readonly acknowledged: number;
  readonly entries: number;
  readonly files: number;
  readonly checkpoints: number;
  /** What is wrong: empty for a log that may go on. */
  readonly faults: readonly string[];
}

/**
 * Starts the ledger once more and asks for all that it ever acknowledged: each is where it was. Then every file is audited, and every checkpoint that was ever
 * published is a beginning of the tree that there is now: nothing forked, and nothing is lost.
 */
export async function examine(lane: Lane): Promise<Examination> {
  const faults: string[] = [];
  const ledger = await lane.log.start();
  try {
    const numbers = [...lane.acknowledged.keys()];
    for (let from = 0; from < numbers.length; from += TILE_WIDTH) {
      const some = numbers.slice(from, from + TILE_WIDTH);
      const answer = await asked(lane, ledger, some);
      if (!answer.ok)
        faults.push(
          `of entries ${some.join(", ")}, all acknowledged, the ledger gives no account: ${answer.refusal.code}, ${answer.refusal.found}`,
        );
    }
  } finally {
    await ledger.stop();
  }
  const { read } = logFiles(lane.log.store);
  const audit = await auditLog(
    { read, list: () => pathsBelow(join(lane.log.store, "log")) },
    lane.log.trust,
    (leaf) => parseEntry(leaf).ok,
  );
  for (const { path, expected, found } of audit.faults) faults.push(`${path}: expected ${expected}, found ${found}`);
  for (const { size, root } of lane.published) {
    const now = await treeRoot(size, read);
    if (!now.ok || !equalBytes(now.value, root)) faults.push(`the tree of size ${size} is not the one that was published`);
  }
  const { entries, files } = audit;
  return { acknowledged: lane.acknowledged.size, entries, files, checkpoints: lane.published.length, faults };
}

/** What a killed write left behind is no file of the log: it is never served, and the next write replaces it. */
async function* pathsBelow(directory: string): AsyncGenerator<string> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !entry.name.endsWith(".tmp")) yield join(entry.parentPath, entry.name).slice(directory.length + 1);
  }
}

/** Asks a ledger for entries that it has, up to five times: on a busy machine its witnesses may be late for once. */
async function asked(lane: Lane, ledger: RunningDuty, numbers: readonly number[], tries = 5): Promise<Outcome<undefined>> {
  const answer = await appendAll(lane, ledger, numbers);
  return answer.ok || tries === 1 ? answer : asked(lane, ledger, numbers, tries - 1);
}
