// SPDX-License-Identifier: Apache-2.0
import { recordPath } from "@countersign/custody/place";
import { dateTime, defaults } from "@countersign/custody/record/key-record";
import { RecordFile } from "@countersign/custody/record/record-file";
import { readHalf } from "@countersign/custody/reference";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { date } from "../date.ts";
import { keyAnswer } from "../key-text.ts";
import { verb } from "../verb.ts";

interface Reviewing {
  readonly nextReview?: string;
}

export function review(command: Command): void {
  command
    .description("note in a key's record that it was looked at and is still needed, and when that is due again")
    .argument("<file>", "as `key create` made it")
    .option("--next-review <date>", "in 90 days unless told (2027-12-31T00:00:00Z)", date);
  verb<Reviewing>(command, "key review ann.key", async ({ nextReview }, _, file = "") => {
    const half = await readHalf(file);
    if (!half.ok) return half;
    const record = RecordFile.open(recordPath(file));
    if (!record.ok) return record;
    record.value.reviewed(nextReview ?? dateTime(Date.now() + defaults.reviewDays * 86_400_000));
    return accept(keyAnswer(half.value, record.value.read()));
  });
}
