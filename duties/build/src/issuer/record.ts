// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync } from "node:sqlite";
import type { BuildCertificate } from "@countersign/trust/build/certificate";
import { canonicalBytes } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import { keyidOf } from "@countersign/trust/key";

const HOUR = 3600;

/** A certificate about to be signed. */
export interface Certifying {
  /** What names it: the digest of what is signed. */
  readonly name: Digest;
  readonly certificate: BuildCertificate;
  /** What may not come twice of the job's token. */
  readonly token: string;
  /** Unix seconds. */
  readonly time: number;
}

/** What an issuer certified, on disk before anything is signed. It only grows, and who lost it may be made to certify for one token twice. */
export class IssuerRecord {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // The exclusive lock keeps a second issuer from the same record; the system lets go of it however this process ends.
    this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS certificate (
        name TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, keyid TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, document TEXT NOT NULL
      );
    `);
  }

  /** Durable when it returns. False, and nothing is remembered, where the token or the key was used before. */
  remember({ name, certificate, token, time }: Certifying): boolean {
    const insert = this.#database.prepare("INSERT OR IGNORE INTO certificate VALUES (?, ?, ?, ?, ?)");
    return insert.run(name, token, keyidOf(certificate.key), time, Buffer.from(canonicalBytes(certificate)).toString()).changes === 1;
  }

  isUsed(token: string): boolean {
    return this.#database.prepare("SELECT 1 FROM certificate WHERE token = ?").get(token) !== undefined;
  }

  isKnown(keyid: string): boolean {
    return this.#database.prepare("SELECT 1 FROM certificate WHERE keyid = ?").get(keyid) !== undefined;
  }

  givenWithinHour(time: number): number {
    return Number(this.#database.prepare("SELECT count(*) AS count FROM certificate WHERE time > ?").get(time - HOUR)?.["count"]);
  }

  /** What was signed under a name, in canonical form. */
  document(name: string): string | undefined {
    const row = this.#database.prepare("SELECT document FROM certificate WHERE name = ?").get(name);
    return row === undefined ? undefined : String(row["document"]);
  }

  close(): void {
    this.#database.close();
  }
}
