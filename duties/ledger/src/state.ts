// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** The newest tree that the log's key has signed. */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
  /** The checkpoint with the log's signature only. */
  readonly note: string;
}

/** An entry with its leaf hash. */
export interface SequencedEntry {
  readonly leaf: Uint8Array;
  readonly entry: Uint8Array;
}

/**
 * The trusted state: which tree was signed last, and the place of every entry. What decides that the log never forks is that a
 * head is replaced only by compare-and-swap, and is on disk here before anybody else sees it.
 */
export class LedgerState {
  readonly #database: DatabaseSync;
  readonly #placeOf: StatementSync;
  readonly #insert: StatementSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // The exclusive lock keeps a second ledger from the same state; the system lets go of it however this process ends.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS entry (place INTEGER PRIMARY KEY, leaf BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
    `);
    this.#insert = this.#database.prepare("INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT (leaf) DO NOTHING");
    this.#placeOf = this.#database.prepare("SELECT place FROM entry WHERE leaf = ?");
  }

  head(): Head | undefined {
    const row = this.#database.prepare("SELECT size, root, note FROM head").get();
    if (row === undefined) return undefined;
    const { size, root, note } = row;
    if (typeof size !== "number" || !(root instanceof Uint8Array) || typeof note !== "string") throw new TypeError("the state is damaged");
    return { size, root, note };
  }

  /** The first head of a new log. */
  begin({ size, root, note }: Head): void {
    this.#database.prepare("INSERT INTO head VALUES (1, ?, ?, ?)").run(size, root, note);
  }

  /** Replaces the head, if it still is `previous`; throws if it is not, because then somebody else signs with this key. */
  advance(previous: Head, { size, root, note }: Head): void {
    const swap = this.#database.prepare("UPDATE head SET size = ?, root = ?, note = ? WHERE size = ? AND root = ?");
    if (swap.run(size, root, note, previous.size, previous.root).changes !== 1) throw new Error("the head was moved by someone else");
  }

  /** Gives each entry its place, after all others and in one step, and answers the places. An entry that has a place keeps it. */
  sequence(entries: readonly SequencedEntry[]): readonly number[] {
    if (entries.length === 0) return [];
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      let next = this.sequenced();
      const places = entries.map(({ leaf, entry }) =>
        this.#insert.run(next, leaf, entry).changes === 1 ? next++ : (this.placeOf(leaf) ?? missing()),
      );
      this.#database.exec("COMMIT");
      return places;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** How many entries have a place; those at and above the head's size wait to go into the tree. */
  sequenced(): number {
    return Number(this.#database.prepare("SELECT coalesce(max(place) + 1, 0) AS count FROM entry").get()?.["count"]);
  }

  placeOf(leaf: Uint8Array): number | undefined {
    const row = this.#placeOf.get(leaf);
    return row === undefined ? undefined : Number(row["place"]);
  }

  /** The entries from place `from` up to, and without, place `to`. */
  entries(from: number, to: number): readonly Uint8Array[] {
    const rows = this.#database.prepare("SELECT bytes FROM entry WHERE place >= ? AND place < ? ORDER BY place").all(from, to);
    return rows.map(({ bytes }) => {
      if (!(bytes instanceof Uint8Array)) throw new TypeError("the state is damaged");
      return bytes;
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function missing(): never {
  throw new Error("the state took no entry, and has none");
}
