// SPDX-License-Identifier: Apache-2.0
import type { Reader } from "@countersign/repository/store";
import { servedBytes } from "@countersign/trust/canonical";
import {
  array,
  closed,
  type Decoder,
  dateTime,
  decodeBytes,
  digest,
  integer,
  literal,
  Malformed,
  nullable,
  record,
  text,
} from "@countersign/trust/decode";
import { defaultLimits } from "@countersign/trust/limits";
import type { Outcome } from "@countersign/trust/refusal";
import type { GovernRecord, Row } from "./record.ts";

/**
 * A govern's record with all that it takes to verify it offline: the acts, the tables as they were, and the public files, so that whoever has the anchor
 * needs nobody. It is a backup, too: what is restored is the acts. See docs/govern-export.md.
 */
export interface Export extends GovernRecord {
  readonly _type: "govern-export";
  readonly spec: "countersign/1";
  /** When it was made, in UTC to the second. */
  readonly time: string;
  /** Files of the repository and the ledger by path, in base64. */
  readonly files: Readonly<Record<string, string>>;
}

const cell: Decoder<string | number | null> = (value, at) => {
  if (value === null || typeof value === "string" || Number.isSafeInteger(value)) return value as string | number | null;
  throw new Malformed(at, "a text, an integer or null", value);
};

const row: Decoder<Row> = record(text, cell);

const LARGE = Number.MAX_SAFE_INTEGER;

const exported: Decoder<Export> = closed<Export>({
  _type: literal("govern-export"),
  spec: literal("countersign/1"),
  time: dateTime,
  acts: array(
    closed<GovernRecord["acts"][number]>({
      number: integer(0),
      previous: nullable(digest),
      time: text,
      who: text,
      act: text,
      subject: text,
      body: text,
      digest,
      index: nullable(integer(0)),
    }),
    0,
    LARGE,
  ),
  tables: record(text, array(row, 0, LARGE)),
  files: record(text, text),
});

/** Writes an export; `now` is Unix milliseconds. */
export function exportBytes({ acts, tables }: GovernRecord, files: ReadonlyMap<string, Uint8Array>, now: number): Uint8Array {
  const written: Export = {
    _type: "govern-export",
    spec: "countersign/1",
    time: `${new Date(now).toISOString().slice(0, 19)}Z`,
    acts,
    tables,
    files: Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")])),
  };
  return servedBytes(written);
}

/** Reads an export. Nothing in it is believed: `verifyRecord` is for that. */
export function readExport(bytes: Uint8Array): Outcome<Export> {
  return decodeBytes(exported, bytes, "the export", { ...defaultLimits, documentBytes: LARGE });
}

/** The files of an export, as a repository. */
export function readerOf({ files }: Pick<Export, "files">): Reader {
  return { read: async (path) => (files[path] === undefined ? undefined : Buffer.from(files[path], "base64")) };
}

/** A reader that remembers all that it was asked for and had. */
export function remembering(reader: Reader): { readonly reader: Reader; readonly files: ReadonlyMap<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  const read: Reader["read"] = async (path, maxBytes) => {
    const bytes = await reader.read(path, maxBytes);
    if (bytes !== undefined) files.set(path, bytes);
    return bytes;
  };
  return { reader: { read }, files };
}
