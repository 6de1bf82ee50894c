// SPDX-License-Identifier: Apache-2.0
import { basename } from "node:path";
import { CUSTODY as fileCustody } from "@countersign/custody/key-file";
import type { KeyRecord } from "@countersign/inventory/key-record";
import { array, type Decoder, decodeBytes, integer, nullable, open, text } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { readOption } from "./read-option.ts";

interface Listed {
  readonly keyid: string;
  readonly custody: string;
  readonly owner: string;
  readonly created: string;
  readonly expires: string;
  readonly nextReview: string;
  readonly signatures: number;
  readonly lastUse: string | null;
}

const listing: Decoder<{ readonly keys: readonly Listed[] }> = open({
  keys: array(
    open<Listed>({
      keyid: text,
      custody: text,
      owner: text,
      created: text,
      expires: text,
      nextReview: text,
      signatures: integer(0),
      lastUse: nullable(text),
    }),
  ),
});

/** What other machines printed with `key list --json`, one file a machine and named after it. */
export async function collectedKeys(files: readonly string[]): Promise<Outcome<readonly KeyRecord[]>> {
  const records: KeyRecord[] = [];
  for (const file of files) {
    const bytes = await readOption("--keys", file);
    if (!bytes.ok) return bytes;
    const read = decodeBytes(listing, bytes.value, file);
    if (!read.ok) return read;
    const machine = basename(file, ".json");
    records.push(...read.value.keys.map((key) => recordOf(key, machine)));
  }
  return accept(records);
}

/** Remote custody names no account there, so that such keys of one machine are taken to be opened as one. */
function recordOf({ lastUse, ...key }: Listed, machine: string): KeyRecord {
  return {
    ...key,
    lastUsed: lastUse ?? undefined,
    development: key.custody === fileCustody,
    machine,
    domain: `${key.custody} of ${machine}`,
  };
}
