// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { equalBytes } from "@countersign/tlog/hash";

/** The newest checkpoint of an origin that this witness has cosigned. */
export interface Seen {
  readonly size: number;
  readonly root: Uint8Array;
  /** With the log's signature and this witness's. */
  readonly note: string;
}

/** What the witness remembers. All it promises rests on this file: it is on disk before a cosignature leaves the process. */
export class WitnessStore {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
    this.#database.exec(
      "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL)",
    );
    this.#select = this.#database.prepare("SELECT size, root, note FROM seen WHERE origin = ?");
    this.#insert = this.#database.prepare("INSERT INTO seen (origin, size, root, note) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
    this.#update = this.#database.prepare("UPDATE seen SET size = ?, root = ?, note = ? WHERE origin = ? AND size = ? AND root = ?");
  }

  latest(origin: string): Seen | undefined {
    const row = this.#select.get(origin);
    if (row === undefined) return undefined;
    const { size, root, note } = row;
    if (typeof size !== "number" || !(root instanceof Uint8Array) || typeof note !== "string") throw new TypeError("the state is damaged");
    return { size, root, note };
  }

  /** Compare-and-swap: remembers `next` only where `previous` is still what is remembered, in one step, and says whether it did. */
  advance(origin: string, previous: Seen | undefined, { size, root, note }: Seen): boolean {
    if (previous === undefined) return this.#insert.run(origin, size, root, note).changes === 1;
    if (size < previous.size || (size === previous.size && !equalBytes(root, previous.root)))
      throw new RangeError("a witness never goes back");
    return this.#update.run(size, root, note, origin, previous.size, previous.root).changes === 1;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
