// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "../outcome.ts";
import { dateTime, type KeyRecord } from "./key-record.ts";

/** A use of a key that is about to happen. */
export interface RecordedUse {
  readonly record: KeyRecord;
  /** Of the key that was opened. */
  readonly keyid: string;
  /** Unix milliseconds. */
  readonly now: number;
}

interface RecordCheck {
  readonly name: string;
  examine(use: RecordedUse): Outcome<unknown>;
}

const ROTATE = "Make its successor with: countersign key rotate";

/** What a key's record must allow before the key is used. Where one refuses, the key is offline. */
export const recordChecks: readonly RecordCheck[] = [
  {
    name: "record/key",
    examine: ({ record, keyid }) =>
      record.keyid === keyid
        ? accept(undefined)
        : refuse("record-of-another-key", keyid, record.keyid, "Put the key's own record beside it."),
  },
  {
    name: "record/expiry",
    examine: ({ record, now }) =>
      now < Date.parse(record.expires) ? accept(undefined) : refuse("key-expired", `a use before ${record.expires}`, dateTime(now), ROTATE),
  },
  {
    name: "record/limit",
    examine: ({ record: { signatures, limit } }) =>
      signatures < limit ? accept(undefined) : refuse("key-spent", `fewer than ${limit} signatures`, `${signatures}`, ROTATE),
  },
];

export function judgeUse(use: RecordedUse, checks: readonly RecordCheck[] = recordChecks): Outcome<KeyRecord> {
  for (const check of checks) {
    const result = check.examine(use);
    if (!result.ok) return result;
  }
  return accept(use.record);
}
