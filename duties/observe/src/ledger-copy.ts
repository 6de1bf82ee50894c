// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type EntryType, encodeEntry, type Entry as LedgerEntry, parseEntry } from "@countersign/tlog/entry";
import { EMPTY_ROOT } from "@countersign/tlog/hash";
import type { HeardAct } from "./announced.ts";
import type { Cursor, LoggedEntry, UnpublishedEntry, Versions } from "./observation.ts";
import type { PathDocuments } from "./path-documents.ts";

/** What one look adds to what is known. */
export interface Step {
  readonly cursor: Cursor;
  readonly versions: Versions;
  readonly path: PathDocuments | undefined;
  readonly entries: readonly LoggedEntry[];
  /** Entries that heads carry. */
  readonly published: readonly LedgerEntry[];
  /** Witnessed time, Unix seconds. */
  readonly time: number;
}

/** What was seen so far: every entry of the ledger up to the cursor, the highest version of each document, and who could do what. It only goes on. */
export class LedgerCopy {
  readonly #database: DatabaseSync;
  readonly #find: StatementSync;
  #cursor: Cursor;
  #versions: Versions;
  #path: PathDocuments | undefined;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
        versions TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS entry (place INTEGER PRIMARY KEY, text TEXT NOT NULL, time INTEGER NOT NULL, published INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS act (place INTEGER PRIMARY KEY, seen INTEGER NOT NULL, act TEXT NOT NULL, fault TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS path (one INTEGER PRIMARY KEY CHECK (one = 1), documents TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS former_log (origin TEXT PRIMARY KEY);
      CREATE TABLE IF NOT EXISTS read_through (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS entry_text ON entry (text);
      CREATE INDEX IF NOT EXISTS entry_unpublished ON entry (place) WHERE published = 0;
    `);
    this.#find = this.#database.prepare("SELECT 1 FROM entry WHERE text = ? LIMIT 1");
    const row = this.#database.prepare("SELECT size, root, note, versions FROM cursor").get();
    const { size = 0, root = EMPTY_ROOT, note = "", versions = "{}" } = row ?? {};
    if (typeof size !== "number" || !(root instanceof Uint8Array) || typeof note !== "string") throw new TypeError("the state is damaged");
    this.#cursor = { size, root, note };
    this.#versions = JSON.parse(String(versions));
    const documents = this.#database.prepare("SELECT documents FROM path").get()?.["documents"];
    this.#path = documents === undefined ? undefined : JSON.parse(String(documents));
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  get versions(): Versions {
    return this.#versions;
  }

  /** Root, targets and policy as they were last seen; undefined before the first. */
  get path(): PathDocuments | undefined {
    return this.#path;
  }

  /** Up to which place entries were read with all that they name; below zero while some of a former log were not. */
  get readThrough(): number {
    return Number(this.#database.prepare("SELECT size FROM read_through").get()?.["size"] ?? 0);
  }

  /** Goes on, never back. */
  readPast(size: number): void {
    if (size > this.readThrough) this.#database.prepare("INSERT OR REPLACE INTO read_through VALUES (1, ?)").run(size);
  }

  /** Entries from this place on, in their order, at most so many. Leaves that are no entries are not among them. */
  entriesFrom(place: number, most: number): readonly LoggedEntry[] {
    const rows = this.#database.prepare("SELECT place, text FROM entry WHERE place >= ? ORDER BY place LIMIT ?").all(place, most);
    return rows.map(({ place, text }) => ({ index: Number(place), entry: entryIn(text) }));
  }

  /** Every entry of these types with the witnessed time at which it was read, in their order. Goes through all of the ledger: for a start. */
  entriesOf(types: readonly EntryType[]): readonly UnpublishedEntry[] {
    const like = types.map((type) => `%"type":"${type}"}`);
    const where = like.map(() => "text LIKE ?").join(" OR ");
    const rows = this.#database.prepare(`SELECT place, text, time FROM entry WHERE ${where} ORDER BY place`).all(...like);
    return rows.map(({ place, text, time }) => ({ index: Number(place), entry: entryIn(text), since: Number(time) }));
  }

  /** Acts that were heard, in the order of the ledger. */
  acts(): readonly HeardAct[] {
    const rows = this.#database.prepare("SELECT place, seen, act, fault FROM act ORDER BY place").all();
    return rows.map(({ place, seen, act, fault }) => ({
      index: Number(place),
      seen: Number(seen),
      act: JSON.parse(String(act)),
      fault: String(fault),
    }));
  }

  /** Remembers an act with what was made of it when it was heard: people leave the policy, and their word of before stays their word. */
  keepAct({ index, seen, act, fault }: HeardAct): void {
    this.#database.prepare("INSERT OR REPLACE INTO act VALUES (?, ?, ?, ?)").run(index, seen, JSON.stringify(act), fault);
  }

  has(entry: LedgerEntry): boolean {
    return this.#find.get(textOf(entry)) !== undefined;
  }

  /** The first entry of a release; undefined where it has none. */
  releaseEntry(digest: string): LoggedEntry | undefined {
    const like = `{"approvals":"%","digest":"${digest}","type":"release"}`;
    const row = this.#database.prepare("SELECT place, text FROM entry WHERE text LIKE ? ORDER BY place LIMIT 1").get(like);
    return row === undefined ? undefined : { index: Number(row["place"]), entry: entryIn(row["text"]) };
  }

  /** Releases and orders of the ledger that no head was seen to carry, oldest first. */
  unpublished(): readonly UnpublishedEntry[] {
    const rows = this.#database.prepare("SELECT place, text, time FROM entry WHERE published = 0 ORDER BY place").all();
    return rows.map(({ place, text, time }) => ({ index: Number(place), entry: entryIn(text), since: Number(time) }));
  }

  /** Goes on, in one step: after a crash all of it is known or none, and none means that it is read and found again. */
  advance({ cursor, versions, path, entries, published, time }: Step): void {
    const insert = this.#database.prepare("INSERT INTO entry VALUES (?, ?, ?, ?)");
    const mark = this.#database.prepare("UPDATE entry SET published = 1 WHERE text = ? AND published = 0");
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const { index, entry } of entries) insert.run(index, textOf(entry), time, "approvals" in entry ? 0 : 1);
      for (const entry of published) mark.run(textOf(entry));
      this.#database
        .prepare("INSERT OR REPLACE INTO cursor VALUES (1, ?, ?, ?, ?)")
        .run(cursor.size, cursor.root, cursor.note, JSON.stringify(versions));
      if (path !== undefined) this.#database.prepare("INSERT OR REPLACE INTO path VALUES (1, ?)").run(JSON.stringify(path));
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#cursor = cursor;
    this.#versions = versions;
    this.#path = path;
  }

  /** Whether the log of this origin was read to its end. */
  hasLeft(origin: string): boolean {
    return this.#database.prepare("SELECT 1 FROM former_log WHERE origin = ?").get(origin) !== undefined;
  }

  /** Goes over to the log after this one, which was read to its end. Its entries stay, at places below zero, so that those of the next begin at zero. */
  leave(origin: string): void {
    const { size } = this.#cursor;
    const readThrough = this.readThrough - size;
    this.#cursor = { size: 0, root: EMPTY_ROOT, note: "" };
    this.#database.exec("BEGIN IMMEDIATE");
    for (const table of ["entry", "act"]) this.#database.prepare(`UPDATE ${table} SET place = place - ?`).run(size);
    this.#database.prepare("INSERT OR REPLACE INTO read_through VALUES (1, ?)").run(readThrough);
    this.#database.prepare("UPDATE cursor SET size = 0, root = ?, note = ''").run(EMPTY_ROOT);
    this.#database.prepare("INSERT INTO former_log VALUES (?)").run(origin);
    this.#database.exec("COMMIT");
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function entryIn(text: unknown): LedgerEntry {
  const entry = parseEntry(Buffer.from(String(text)));
  if (!entry.ok) throw new TypeError("the state is damaged");
  return entry.value;
}

function textOf(entry: LedgerEntry): string {
  return Buffer.from(encodeEntry(entry)).toString();
}
