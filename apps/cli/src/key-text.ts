// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import type { Attestation } from "@countersign/custody/attestation";
import type { PublicHalf } from "@countersign/custody/key";
import { recordPath } from "@countersign/custody/place";
import type { KeyRecord } from "@countersign/custody/record/key-record";
import { judgeUse } from "@countersign/custody/record/record-checks";
import { RecordFile } from "@countersign/custody/record/record-file";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { plain } from "./plain.ts";
import type { Answer } from "./screen.ts";
import { type Cell, table } from "./table.ts";
import { short } from "./text.ts";

/** The record beside the file that stands for a key; undefined for a key that has none. */
export function recordBeside(file: string): Outcome<KeyRecord | undefined> {
  return existsSync(recordPath(file)) ? readRecord(recordPath(file)) : accept(undefined);
}

export function readRecord(path: string): Outcome<KeyRecord> {
  const file = RecordFile.open(path);
  if (!file.ok) return file;
  const record = file.value.read();
  file.value.close();
  return accept(record);
}

/** One key: its public half, its record where it has one, and what its place says of it where it was asked. */
export function keyAnswer({ keyid, algorithm, custody, tuf }: PublicHalf, record?: KeyRecord, attestation?: Attestation): Answer {
  const said = Object.entries(attestation?.says ?? {}).map(([name, value]) => `${name}: ${value}`);
  const lines = [
    keyid,
    `${algorithm}, in ${plain(custody)}`,
    ...(said.length > 0 ? [`it says: ${plain(said.join(", "))}`] : []),
    ...(record === undefined ? [] : [`owner ${plain(record.owner)}, for: ${plain(record.purpose)}`, usage(record)]),
    tuf.keyval.public.trimEnd(),
  ];
  return {
    json: { keyid, algorithm, custody, key: tuf, record, attestation: said.length > 0 ? attestation?.says : undefined },
    text: lines.join("\n"),
  };
}

/** Many keys, by their records. */
export function recordsTable(records: readonly KeyRecord[], now: number): string {
  const rows = records.map((record): readonly Cell[] => [
    short(record.keyid),
    record.owner,
    record.purpose,
    record.custody.includes("(development)") ? ["yellow", record.custody] : record.custody,
    record.expires.slice(0, 10),
    `${record.signatures}/${record.limit}`,
    record.lastUse?.replace("T", " ").replace("Z", "") ?? "never",
    record.nextReview.slice(0, 10),
    stateCell(record, now),
  ]);
  return table(["key", "owner", "purpose", "custody", "expires", "used", "last use", "next review", "state"], rows);
}

/** Where a key stands: `key-expired` and `key-spent` are offline. */
export function stateOf(record: KeyRecord, now: number): string {
  const usable = judgeUse({ record, keyid: record.keyid, now });
  if (!usable.ok) return usable.refusal.code;
  if (record.successor !== null) return "being-replaced";
  return Date.parse(record.nextReview) <= now ? "review-due" : "in-use";
}

function stateCell(record: KeyRecord, now: number): Cell {
  const state = stateOf(record, now);
  if (state === "in-use") return state;
  return state.startsWith("key-") ? ["red", state] : ["yellow", state];
}

function usage({ signatures, limit, expires, nextReview, lastUse }: KeyRecord): string {
  return `${signatures} of ${limit} signatures, last ${lastUse ?? "never"}; until ${expires}, next review ${nextReview.slice(0, 10)}`;
}
