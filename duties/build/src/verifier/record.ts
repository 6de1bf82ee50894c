// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from "node:sqlite";
import type { Digest } from "@countersign/trust/digest";

const HOUR = 3600;

/** What a verifier vouched for: on disk before the summary leaves the process. */
export class VerifierRecord {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    this.#database.exec("CREATE TABLE IF NOT EXISTS summary (digest TEXT PRIMARY KEY, bundle TEXT NOT NULL, time INTEGER NOT NULL)");
  }

  /** Durable when it returns. Times are Unix seconds. */
  remember(summary: Digest, bundle: Digest, time: number): void {
    this.#database.prepare("INSERT OR IGNORE INTO summary VALUES (?, ?, ?)").run(summary, bundle, time);
  }

  givenWithinHour(time: number): number {
    return Number(this.#database.prepare("SELECT count(*) AS count FROM summary WHERE time > ?").get(time - HOUR)?.["count"]);
  }
}
