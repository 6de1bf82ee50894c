// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { type Head, head, headDocument } from "@countersign/trust/release/head";
import fc from "fast-check";
import { nextHead } from "./next-head.ts";
import { orderEntry, place, releaseEntry } from "./sample-entries.test-support.ts";

const sequences = (of: Head | undefined): number[] => (of?.releases ?? []).map(({ body }) => body.sequence);

function headOf(count: number): Head | undefined {
  let made: Head | undefined;
  for (let sequence = 1; sequence <= count; sequence++) made = nextHead(made, place, releaseEntry(sequence));
  return made;
}

test("the ninth release takes the oldest one's place", () => {
  assert.deepEqual(sequences(headOf(8)), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(sequences(headOf(9)), [2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a release that an order names stays, however old: a recall must not lead nowhere", () => {
  const recalled = nextHead(headOf(8), place, orderEntry(1, releaseEntry(8).digest, releaseEntry(1).digest));
  let later: Head = recalled;
  for (let sequence = 9; sequence <= 20; sequence++) later = nextHead(later, place, releaseEntry(sequence));
  assert.deepEqual(sequences(later), [1, 8, 13, 14, 15, 16, 17, 18, 19, 20]);
  assert.equal(later.orders.length, 1);
});

test("a stepping stone stays, however old: a device that was away for long must reach the newest release", () => {
  let made: Head | undefined;
  for (let sequence = 1; sequence <= 20; sequence++) made = nextHead(made, place, releaseEntry(sequence, sequence > 5 ? 4 : 0));
  assert.deepEqual(sequences(made), [5, 13, 14, 15, 16, 17, 18, 19, 20]);
});

test("an order changes no release, and a release no order", () => {
  const before = headOf(3);
  const after = nextHead(before, place, orderEntry(1, releaseEntry(3).digest, releaseEntry(2).digest));
  assert.deepEqual(after.releases, before?.releases);
  assert.deepEqual(nextHead(after, place, releaseEntry(4)).orders, after.orders);
});

test("the same entry twice is the same head", () => {
  assert.deepEqual(nextHead(headOf(4), place, releaseEntry(4)), headOf(4));
});

test("whatever the order of arrival, the head reads back, with rising numbers and the newest releases", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], { minLength: 1 }), (arrivals) => {
      let made: Head | undefined;
      for (const sequence of arrivals) made = nextHead(made, place, releaseEntry(sequence));
      const read = decodeBytes(head, canonicalBytes(headDocument(made as Head)), "head");
      assert.ok(read.ok);
      assert.deepEqual(headDocument(read.value), headDocument(made as Head));
      assert.equal(Math.max(...sequences(made)), Math.max(...arrivals));
      assert.ok(sequences(made).length <= 8);
    }),
    { numRuns: 50 },
  );
});
