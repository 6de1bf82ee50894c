// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from "node:sqlite";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { servedBytes } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Order } from "@countersign/trust/release/order";
import type { PasskeyUse } from "@countersign/trust/release/passkey-use";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, rememberedDenial } from "@countersign/trust/revocation/list";

const HOUR = 3600;

/** What is signed once only, a release by its sequence, an order by its number; and a renewal, by the version of the channel file. */
export interface Numbered {
  readonly kind: "release" | "order" | "renewal";
  readonly product: string;
  readonly channel: string;
  readonly number: number;
}

export function numbered(body: Statement | Order): Numbered {
  const { product, channel } = body;
  return { kind: body._type, product, channel, number: body._type === "release" ? body.sequence : body.number };
}

/** A signature about to be given. */
export interface Signing {
  readonly of: Numbered;
  readonly digest: string;
  /** Of the channel file. */
  readonly version: number;
  /** Witnessed, Unix seconds. */
  readonly time: number;
  readonly checkpoint: Checkpoint;
}

/** A use of a passkey in what was signed under this number. */
export interface RememberedUse extends PasskeyUse {
  readonly of: Numbered;
}

/**
 * The signer's own memory, on disk before any signature leaves the process: what it signed under which number, the passkeys that approved it, the largest tree
 * it has seen, and every denial. It only grows.
 */
export class SignerRecord {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // The exclusive lock keeps a second signer from the same record; the system lets go of it however this process ends.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS signing (
        kind TEXT NOT NULL, product TEXT NOT NULL, channel TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL,
        version INTEGER NOT NULL, time INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, origin TEXT NOT NULL,
        UNIQUE (channel, product, kind, number, digest, version)
      );
      CREATE TABLE IF NOT EXISTS passkey (
        keyid TEXT NOT NULL, approval TEXT NOT NULL, counter INTEGER NOT NULL,
        kind TEXT NOT NULL, product TEXT NOT NULL, channel TEXT NOT NULL, number INTEGER NOT NULL,
        UNIQUE (keyid, approval, counter)
      );
      CREATE TABLE IF NOT EXISTS denial (document TEXT PRIMARY KEY);
    `);
  }

  /** Durable when it returns. The same again, where govern did not take the signature, is remembered already. */
  remember({ of, digest, version, time, checkpoint: { size, root, origin } }: Signing): void {
    const { kind, product, channel, number } = of;
    const insert = this.#database.prepare("INSERT OR IGNORE INTO signing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.run(kind, product, channel, number, digest, version, time, size, root, origin);
  }

  /** Durable when it returns. */
  rememberPasskeys({ kind, product, channel, number }: Numbered, uses: readonly PasskeyUse[]): void {
    const insert = this.#database.prepare("INSERT OR IGNORE INTO passkey VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (const { keyid, approval, counter } of uses) insert.run(keyid, approval, counter, kind, product, channel, number);
  }

  /** How these passkeys were used in what was signed before. */
  passkeys(keyids: readonly string[]): readonly RememberedUse[] {
    const query = this.#database.prepare("SELECT * FROM passkey WHERE keyid = ?");
    return [...new Set(keyids)]
      .flatMap((keyid) => query.all(keyid))
      .map(({ keyid, approval, counter, kind, product, channel, number }) => ({
        keyid: String(keyid),
        approval: approval as Digest,
        counter: Number(counter),
        of: { kind: kind as Numbered["kind"], product: String(product), channel: String(channel), number: Number(number) },
      }));
  }

  /** The digest first signed under this number. */
  signedAs({ channel, product, kind, number }: Numbered): string | undefined {
    const query = "SELECT digest FROM signing WHERE channel = ? AND product = ? AND kind = ? AND number = ? ORDER BY rowid LIMIT 1";
    const row = this.#database.prepare(query).get(channel, product, kind, number);
    return row === undefined ? undefined : String(row["digest"]);
  }

  version(channel: string): number {
    return Number(
      this.#database.prepare("SELECT coalesce(max(version), 0) AS version FROM signing WHERE channel = ?").get(channel)?.["version"],
    );
  }

  /** The newest witnessed time of a signature; 0 before the first. */
  time(): number {
    return Number(this.#database.prepare("SELECT coalesce(max(time), 0) AS time FROM signing").get()?.["time"]);
  }

  signedWithinHour(time: number): number {
    return Number(this.#database.prepare("SELECT count(DISTINCT digest) AS count FROM signing WHERE time > ?").get(time - HOUR)?.["count"]);
  }

  /** The largest tree of a log under which anything was signed. A log that root names anew starts from nothing: what was seen of another says nothing of it. */
  checkpoint(log: string): Checkpoint | undefined {
    const row = this.#database.prepare("SELECT origin, size, root FROM signing WHERE origin = ? ORDER BY size DESC LIMIT 1").get(log);
    if (row === undefined) return undefined;
    const { origin, size, root } = row;
    if (typeof origin !== "string" || typeof size !== "number" || !(root instanceof Uint8Array))
      throw new TypeError("the record is damaged");
    return { origin, size, root };
  }

  /** Adds denials to those of all time, and answers these. */
  deny(denials: readonly Denial[]): readonly Denial[] {
    const insert = this.#database.prepare("INSERT OR IGNORE INTO denial VALUES (?)");
    for (const denial of denials) insert.run(Buffer.from(servedBytes(denial)).toString());
    return this.#database
      .prepare("SELECT document FROM denial")
      .all()
      .map(({ document }) => rememberedDenial(JSON.parse(String(document)), ""));
  }
}
