// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes } from "@countersign/trust/canonical";
import { followLog } from "./log-edits.ts";
import { fieldOf } from "./message.ts";
import { revise } from "./revise.ts";

test("each log that is followed puts the one before it among those that are over, newest first, with its witnesses and its last tree", () => {
  const followed = (name: string) => ({ log: { origin: name, vkey: `${name}+1` }, witnesses: [`${name}+w`], witnessQuorum: 2 });
  const first = canonicalBytes({ version: 1, expires: "2030-01-01T00:00:00Z", countersign: { owners: {}, ...followed("one") } });
  const last = (size: number) => ({ size, root: Buffer.alloc(32, size) });
  const second = revise(first, "2031-01-01T00:00:00Z", followLog(first, followed("two"), last(1)));
  const third = revise(second, "2031-01-01T00:00:00Z", followLog(second, followed("three"), last(2)));
  const over = (name: string, size: number) => ({
    origin: name,
    vkey: `${name}+1`,
    witnesses: [`${name}+w`],
    witnessQuorum: 2,
    final: { size, root: `0${size}`.repeat(32) },
  });
  assert.deepEqual(fieldOf(third, "countersign"), { owners: {}, ...followed("three"), formerLogs: [over("two", 2), over("one", 1)] });
});
