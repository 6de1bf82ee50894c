// SPDX-License-Identifier: Apache-2.0
import { truncateSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";

/** SQLite's result codes, https://sqlite.org/rescode.html */
const busy = 5;
const notADatabase = 26;

const firstPauseMilliseconds = 5;
const longestPauseMilliseconds = 250;

/**
 * Does `work` while holding the lock on `file`, which at most one holder in all processes has. A second one waits up to
 * `waitMilliseconds`, then is refused with `busy`. The lock is the kernel's: it is free the moment its holder returns, throws or is killed.
 *
 * The file is an SQLite database that never holds anything, as `BEGIN EXCLUSIVE` is a file lock that Node has without native add-ons.
 * It stays behind, because removing a lock file would let two holders in. Keep it on a local file system.
 */
export async function withLock<T>(file: string, waitMilliseconds: number, work: () => Promise<T>): Promise<Outcome<T>> {
  using database = new DatabaseSync(file);
  const deadline = performance.now() + waitMilliseconds;
  for (let pause = firstPauseMilliseconds; !locks(database, file); pause = Math.min(pause * 2, longestPauseMilliseconds)) {
    const left = deadline - performance.now();
    if (left <= 0) {
      return refuse(
        "busy",
        `the lock ${file} within ${waitMilliseconds} ms`,
        "another process holds it",
        "wait until the other update has finished, then try again",
      );
    }
    await sleep(Math.min(pause, left));
  }
  return accept(await work());
}

function locks(database: DatabaseSync, file: string): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (isResult(error, busy)) return false;
    if (!isResult(error, notADatabase)) throw error;
    // Damage to a file without content must not stop updates for ever. Nobody can hold it while it is no database, and emptying it
    // keeps its identity: of two processes that do so at once, one gets the lock and the other waits.
    truncateSync(file);
    return locks(database, file);
  }
}

function isResult(error: unknown, code: number): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === code;
}
