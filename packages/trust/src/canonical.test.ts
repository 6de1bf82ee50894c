// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import { anyJson } from "./any-json.test-support.ts";
import { canonicalBytes, canonicalText, type Json, servedBytes, servedForm } from "./canonical.ts";
import { parseJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";
import { referenceJson } from "./reference-json.test-support.ts";

const { canonicalize } = createRequire(createRequire(import.meta.url).resolve("tuf-js"))("@tufjs/canonical-json") as {
  canonicalize(value: unknown): string;
};

test("members stand in order of code points, also where UTF-16 has another order", () => {
  const names = [
    "",
    "a",
    "a\u0000",
    "aa",
    "b",
    "z",
    "\u00e9",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{1f600}",
    "\u{1f600}a",
    "\u{10ffff}",
  ];
  const shuffled = Object.fromEntries(names.toReversed().map((name, index) => [name, index]));
  assert.deepEqual(Object.keys(JSON.parse(Buffer.from(servedBytes(shuffled)).toString()) as object), names);
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: "binary" })), (keys) => {
      const text = canonicalText(Object.fromEntries(keys.map((key) => [key, null])));
      const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))); // UTF-8 has the order of code points
      assert.equal(text, `{${sorted.map((key) => `${canonicalText(key)}:null`).join(",")}}`);
    }),
  );
});

test("the canonical form is the one that tuf-js signs", () => {
  const tufLike = anyJson(fc.string({ unit: "grapheme-ascii" })); // tuf-js sorts by UTF-16 units, which is the same below U+D800
  fc.assert(fc.property(tufLike, (value) => assert.equal(canonicalText(value), canonicalize(value))));
  const pem = { keyval: { public: '-----BEGIN\n"quoted"\\\n-----END\n' }, n: -0 };
  assert.equal(canonicalText(pem), canonicalize(pem));
});

test("what is served is the canonical form, readable by everyone: controls are escaped, and nothing else is", () => {
  fc.assert(
    fc.property(anyJson(), (value) => {
      const served = servedBytes(value);
      assert.deepEqual(referenceJson(served), value);
      const read = parseJson(served, defaultLimits);
      assert.ok(read.ok);
      assert.equal(canonicalText(read.value), canonicalText(value));
      const canonical = canonicalBytes(value);
      if (!canonical.some((byte) => byte < 0x20)) assert.equal(servedForm(canonical), canonical);
    }),
  );
});

test("every value of the allowed kinds reads back as it was, however it is laid out", () => {
  fc.assert(
    fc.property(anyJson(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      assert.deepEqual(parseJson(Buffer.from(text), defaultLimits), { ok: true, value });
    }),
  );
});

test("a value without a canonical form is never signed as something else", () => {
  for (const value of [0.5, Number.NaN, 2 ** 53, "\ud800", 1n, () => 0, Symbol("s")])
    assert.throws(() => canonicalText({ value } as unknown as Json), RangeError);
  assert.equal(canonicalText({ b: 1, a: undefined } as unknown as Json), '{"b":1}');
});
