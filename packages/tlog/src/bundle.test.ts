// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBundle, encodeBundle, MAX_ENTRY_BYTES } from "./bundle.ts";

test("entries come back from a bundle as they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 256 }), (entries) => {
      const decoded = decodeBundle(encodeBundle(entries));
      assert.ok(decoded.ok);
      assert.deepEqual(decoded.value.map(Buffer.from), entries.map(Buffer.from));
    }),
    { numRuns: 30 },
  );
});

test("a bundle that is cut off, or of more than 256 entries, is refused", () => {
  const bundle = encodeBundle([Buffer.from("one"), Buffer.from("two")]);
  for (const length of [1, 2, 4, 6, 9]) assert.equal(decodeBundle(bundle.subarray(0, length)).ok, false, `${length}`);
  assert.equal(decodeBundle(Buffer.alloc(2 * 256)).ok, true);
  assert.equal(decodeBundle(Buffer.alloc(2 * 257)).ok, false);
});

test("an entry of 65535 bytes fits, a longer one is a bug of the writer", () => {
  assert.equal(decodeBundle(encodeBundle([Buffer.alloc(MAX_ENTRY_BYTES)])).ok, true);
  assert.throws(() => encodeBundle([Buffer.alloc(MAX_ENTRY_BYTES + 1)]), RangeError);
});
