// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { accept, type Outcome, refuse } from "../outcome.ts";
import { dateTime, type KeyRecord } from "./key-record.ts";
import { judgeUse } from "./record-checks.ts";

/** How long one process waits for another that counts at the same moment. */
const LOCK_MILLISECONDS = 5000;

const columns = `keyid, algorithm, custody, owner, purpose, created, expires, "limit", nextReview, signatures, lastUse, successor`;

/**
 * The record of one key, in a SQLite file of one row, so that several processes may count with it and a crash at any moment loses no count.
 * Whoever can write the file can reset it: it is a keeper of order, and no lock against those who own the machine.
 */
export class RecordFile {
  readonly #database: DatabaseSync;
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
    this.#database = new DatabaseSync(path, { timeout: LOCK_MILLISECONDS });
    this.#database.exec("PRAGMA synchronous = FULL");
  }

  /** Keeps a new record, in a file that only its owner may read; refused where the file exists. */
  static create(path: string, record: KeyRecord): Outcome<RecordFile> {
    try {
      closeSync(openSync(path, "wx", 0o600));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      return refuse("record-exists", "a new file name", path, "Choose another name; a record is never overwritten.");
    }
    const file = new RecordFile(path);
    file.#database.exec(
      `PRAGMA journal_mode = WAL;
       CREATE TABLE record (
         one INTEGER PRIMARY KEY CHECK (one = 1), keyid TEXT NOT NULL, algorithm TEXT NOT NULL, custody TEXT NOT NULL, owner TEXT NOT NULL,
         purpose TEXT NOT NULL, created TEXT NOT NULL, expires TEXT NOT NULL, "limit" INTEGER NOT NULL, nextReview TEXT NOT NULL,
         signatures INTEGER NOT NULL, lastUse TEXT, successor TEXT
       ) STRICT`,
    );
    const { keyid, algorithm, custody, owner, purpose, created, expires, limit, nextReview, signatures, lastUse, successor } = record;
    file.#database
      .prepare(`INSERT INTO record (one, ${columns}) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(keyid, algorithm, custody, owner, purpose, created, expires, limit, nextReview, signatures, lastUse, successor);
    return accept(file);
  }

  /** Refuses a file that is not there, or not a record. */
  static open(path: string): Outcome<RecordFile> {
    if (!existsSync(path)) return refuse("record-missing", "the record of a key", `nothing at ${path}`, "Restore it, or check the path.");
    try {
      const file = new RecordFile(path);
      file.read();
      return accept(file);
    } catch (cause) {
      return refuse("record-damaged", "the record of a key", `${path}: ${(cause as Error).message}`, "Restore it from its backup.");
    }
  }

  read(): KeyRecord {
    const row = this.#database.prepare(`SELECT ${columns} FROM record`).get();
    if (row === undefined) throw new RangeError("no record in it");
    return { ...row } as unknown as KeyRecord; // the table is strict, and only `create` writes what does not change
  }

  /** Counts one use of the key with this keyid, on disk when it returns; refused where its record does not allow one. */
  count(keyid: string, now: number): Outcome<KeyRecord> {
    return this.#exclusively(() => {
      const use = judgeUse({ record: this.read(), keyid, now });
      if (use.ok) this.#database.prepare("UPDATE record SET signatures = signatures + 1, lastUse = ?").run(dateTime(now));
      return use;
    });
  }

  /** Somebody looked at it and found it right; it is due again at `nextReview`. */
  reviewed(nextReview: string): void {
    this.#database.prepare("UPDATE record SET nextReview = ?").run(nextReview);
  }

  /** Names the key that is to take its place; refused where another was named. */
  succeededBy(keyid: string): Outcome<KeyRecord> {
    return this.#exclusively(() => {
      const { successor } = this.read();
      if (successor !== null && successor !== keyid)
        return refuse("key-succeeded", "a key without a successor", `successor: ${successor}`, "Rotate that one instead.");
      this.#database.prepare("UPDATE record SET successor = ?").run(keyid);
      return accept(this.read());
    });
  }

  close(): void {
    this.#database.close();
  }

  #exclusively<T>(task: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = task();
      this.#database.exec("COMMIT");
      return result;
    } catch (cause) {
      this.#database.exec("ROLLBACK");
      throw cause;
    }
  }
}
