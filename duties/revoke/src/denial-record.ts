// SPDX-License-Identifier: Apache-2.0
import { basename, dirname } from "node:path";
import { directoryStore } from "@countersign/repository/directory-store";
import { servedBytes } from "@countersign/trust/canonical";
import { array, closed, type Decoder, decodeBytes, integer, nullable, text } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Denial, type RevocationList, rememberedDenial } from "@countersign/trust/revocation/list";
import { denialsWith } from "./list-file.ts";

/** What a revoker remembers. */
export interface DenialRecord {
  /** The version of the newest list; it rises on disk before anything is signed under it, so no version is ever two lists. */
  readonly version: number;
  /** The note that dates the newest list; null before the first. */
  readonly checkpoint: string | null;
  readonly denials: readonly Denial[];
  /** How many of the denials, from the first, stand in a list that is in the ledger. */
  readonly logged: number;
}

const denialRecord: Decoder<DenialRecord> = closed<DenialRecord>({
  version: integer(0),
  checkpoint: nullable(text),
  denials: array(rememberedDenial),
  logged: integer(0),
});

const newborn: DenialRecord = { version: 0, checkpoint: null, denials: [], logged: 0 };

/** The record on disk. Written whole or not at all, and durable once `save` returns. */
export interface RecordFile {
  read(): Promise<Outcome<DenialRecord>>;
  save(record: DenialRecord): Promise<void>;
}

/** The record in this file, whose directory exists. One process writes it. */
export function recordFile(file: string): RecordFile {
  const store = directoryStore(dirname(file));
  const path = basename(file);
  return {
    read: async () => {
      const bytes = await store.read(path);
      return bytes === undefined ? accept(newborn) : decodeBytes(denialRecord, bytes, file);
    },
    save: (record) => store.write(path, servedBytes(record)),
  };
}

/** A record with what its own published list knows besides: a state file that was lost or restored from a backup loses no denial. */
export function recordWith(record: DenialRecord, published: RevocationList | undefined): DenialRecord {
  if (published === undefined) return record;
  return {
    version: Math.max(record.version, published.version),
    checkpoint: record.version < published.version ? published.checkpoint : record.checkpoint,
    denials: denialsWith(record.denials, published.denials),
    logged: record.logged,
  };
}
