// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "./canonical.ts";
import { decodeBytes, json } from "./decode.ts";
import { readEnvelope } from "./envelope.ts";
import { parseJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";

const indented = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value, null, 1));

test("a document stands at its size, and one byte more does not", () => {
  const bytes = servedBytes({ signatures: [], signed: "x" });
  const at = (documentBytes: number) => ({ ...defaultLimits, documentBytes });
  assert.equal(readEnvelope(json, bytes, "it", at(bytes.length)).ok, true);
  assert.equal(decodeBytes(json, bytes, "it", at(bytes.length)).ok, true);
  for (const refused of [
    readEnvelope(json, bytes, "it", at(bytes.length - 1)),
    decodeBytes(json, bytes, "it", at(bytes.length - 1)),
    parseJson(bytes, at(bytes.length - 1)),
  ])
    assert.ok(!refused.ok && refused.refusal.code === "document-too-large");
});

test("a document stands at its depth, and one deeper does not, canonical or not", () => {
  const nested = (depth: number): unknown => (depth === 0 ? 0 : depth % 2 ? [nested(depth - 1)] : { a: nested(depth - 1) });
  const limits = { ...defaultLimits, jsonDepth: 7 };
  const large = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at + 100}`, at === 90 ? nested(7) : 0]));
  for (const spell of [servedBytes, indented]) {
    assert.equal(parseJson(spell(nested(7)), limits).ok, true);
    assert.equal(parseJson(spell(nested(8)), limits).ok, false);
    assert.equal(parseJson(spell(large), { ...limits, jsonDepth: 8 }).ok, true);
    assert.equal(parseJson(spell(large), limits).ok, false);
  }
});

test("a document has so many signatures, and not one more", () => {
  const signedBy = (count: number) =>
    servedBytes({ signatures: Array.from({ length: count }, (_, at) => ({ keyid: `${at}`, sig: "00" })), signed: 0 });
  const limits = { ...defaultLimits, signatures: 3 };
  assert.equal(readEnvelope(json, signedBy(3), "it", limits).ok, true);
  assert.equal(readEnvelope(json, signedBy(4), "it", limits).ok, false);
  assert.equal(readEnvelope(json, signedBy(defaultLimits.signatures), "it").ok, true);
  assert.equal(readEnvelope(json, signedBy(defaultLimits.signatures + 1), "it").ok, false);
});
