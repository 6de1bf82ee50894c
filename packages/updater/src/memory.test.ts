// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "@countersign/trust/canonical";
import { decode, decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { allDenials, type Memory, memory, newborn } from "./memory.ts";

const release = sha256(Buffer.from("release"));
const denial = { kind: "release", name: release, until: null, reason: "malware" } as const;

test("a memory as the first updaters wrote it keeps every floor, denial and mark, and reads again once it is written anew", () => {
  const first = {
    checkpoint: null,
    time: 1000,
    epochFloor: 4,
    sequenceFloor: 9,
    denials: { security: [denial] },
    listTimes: { security: 7 },
  };
  const read = decode(memory, { ...first, unwell: [release] }, "memory");
  assert.ok(read.ok);
  const wanted: Memory = {
    ...newborn,
    time: 1000,
    epochFloor: 4,
    sequenceFloor: 9,
    denials: { security: [{ ...denial, since: 0 }] },
    unwell: { [release]: 1000 },
  };
  assert.deepEqual(structuredClone(read.value), wanted);
  const again = decodeBytes(memory, servedBytes(read.value), "memory");
  assert.deepEqual(again.ok && structuredClone(again.value), wanted);
});

test("a memory with denials by their revokers' names, and none that cools off, is read as it stands", () => {
  const before = { ...newborn, denials: { security: [{ ...denial, since: 7 }] }, lists: { key: { version: 3, time: 9 } } };
  const read = decodeBytes(memory, servedBytes(before), "memory");
  assert.deepEqual(read.ok && structuredClone(read.value), before);
  assert.equal(read.ok && allDenials(read.value).length, 1);
  const now = { ...before, denials: { ...before.denials, [release]: [{ ...denial, since: 8 }] }, cooling: { policy: release, since: 5 } };
  const again = decodeBytes(memory, servedBytes(now), "memory");
  assert.deepEqual(again.ok && structuredClone(again.value), now);
  assert.equal(again.ok && allDenials(again.value).length, 2);
});

test("a memory that is neither is damaged, and said to be", () => {
  const { unwell: _, ...rest } = newborn;
  for (const damaged of [rest, { ...newborn, more: 1 }, { ...newborn, listTimes: {} }, null, 7])
    assert.equal(decode(memory, damaged, "memory").ok, false, JSON.stringify(damaged));
});
