// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyJson, mutated } from "./any-json.test-support.ts";
import { canonicalBytes, servedBytes } from "./canonical.ts";
import { signedJson } from "./envelope.ts";
import { parseJson, readJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";
import { ObjectIndex } from "./object-index.ts";
import { likeReference } from "./reference-json.test-support.ts";

test("every value reads back from its canonical form, bare control characters included", () => {
  fc.assert(fc.property(anyJson(), (value) => assert.deepEqual(signedJson({ message: canonicalBytes(value) }), value)));
});

test("bytes are taken as they stand if they are the canonical form of what they say, and only then", () => {
  const document = anyJson().chain((value) => {
    const served = servedBytes(value);
    return fc.oneof(fc.constantFrom(canonicalBytes(value), served), mutated(served));
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(document, (bytes) => void seen.add(likeReference(bytes))),
    { numRuns: 500 },
  );
  assert.deepEqual([...seen].sort(), ["canonical", "read", "refused"]);
});

test("attack: any one byte changed, in what is decoded and in what is only scanned", () => {
  const small = '{"a":[0,-10,true],"b\\"\\\\é":{"c":"d","e":null}}';
  const before = Array.from({ length: 70 }, (_, at) => `"!${at + 100}":0`).join(",");
  for (const [document, from] of [
    [small, 0],
    [`{${before},${small.slice(1)}`, before.length],
  ] as const)
    for (let at = from; at < Buffer.byteLength(document); at++)
      for (const byte of Buffer.from('"\\:,{}[]0-9.etfn \n\u0000\u00e9a')) {
        const bytes = Buffer.from(document);
        bytes[at] = byte;
        likeReference(bytes);
      }
});

test("attack: a second spelling of a canonical document is not taken as it stands", () => {
  const good = '{"a":[0,-1,"x\\"\\\\\u00e9\u007f"],"b":{},"c":null}';
  assert.equal(likeReference(Buffer.from(good)), "canonical");
  const spellings: readonly (readonly [string, string])[] = [
    ["{", "{ "],
    [",", " ,"],
    ["0", "-0"],
    ["0", "00"],
    ["-1", "-1.0"],
    ["-1", "-1e0"],
    ["x", "\\u0078"],
    ["\u00e9", "\\u00e9"],
    ["x", "x\\/"],
    ["null}", "null}\n"],
    ['"a":[', '"b":['],
    ['"a":[', '"d":['],
    ["null", "nul"],
    ["null", "nulll"],
  ];
  for (const [from, to] of spellings) assert.notEqual(likeReference(Buffer.from(good.replace(from, to))), "canonical", to);
});

test("attack: bytes that are not UTF-8 in a string or a name", () => {
  const broken = [
    [0x80],
    [0xc0, 0x80],
    [0xc1, 0xbf],
    [0xc3],
    [0xe2, 0x82, 0xc0],
    [0xe0, 0x9f, 0xbf],
    [0xed, 0xa0, 0x80],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
  ];
  for (const bytes of broken)
    for (const [before, after] of [
      ['"', '"'],
      ['{"', '":0}'],
      ['["x', 'y"]'],
    ] as const) {
      const document = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
      assert.equal(readJson(document, defaultLimits).ok, false, document.toString("hex"));
    }
  for (const text of ["\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}", "\ufeff"])
    assert.deepEqual(parseJson(Buffer.from(`"${text}"`), defaultLimits), { ok: true, value: text });
});

test("an object of many members is left as it stands, and every member is found in it", () => {
  const names = Array.from({ length: 1000 }, (_, at) => `${at % 7}\\"${at}\n\u{1f600}`);
  const object = Object.fromEntries(names.map((name, at) => [name, { at }]));
  for (const bytes of [servedBytes(object), Buffer.from(JSON.stringify(object, null, 2))]) {
    const read = readJson(bytes, defaultLimits);
    assert.ok(read.ok && read.value.value instanceof ObjectIndex);
    const index = read.value.value;
    assert.equal(index.size, names.length);
    for (const [at, name] of names.entries()) assert.deepEqual(index.get(name), { at });
    for (const absent of ["", "7", "\u{10ffff}", "\ud800", "__proto__", "constructor"]) assert.equal(index.get(absent), undefined);
    assert.deepEqual(Object.fromEntries(index.entries()), object);
    assert.equal(Buffer.from(index.span(names[5] ?? "") ?? []).toString(), '{"at":5}');
  }
});

test("attack: what nobody looks up in an object of many members is read as strictly as what somebody does", () => {
  const entries = Array.from({ length: 200 }, (_, at) => `"k${String(at).padStart(3, "0")}":{"a":[0]}`);
  const canonical = `{${entries.join(",")}}`;
  assert.equal(likeReference(Buffer.from(canonical)), "canonical");
  const nested = "[".repeat(40) + "]".repeat(40);
  for (const bad of ["0.5", "1e3", '"\\ud800"', '{"b":0,"b":0}', '{"__proto__":0}', nested, "[0,]", "tru", "9007199254740992"])
    assert.equal(parseJson(Buffer.from(canonical.replace('"k150":{"a":[0]', `"k150":{"a":[${bad}]`)), defaultLimits).ok, false, bad);
  for (const name of ["k149", "k151", "k000"])
    assert.equal(parseJson(Buffer.from(canonical.replace('"k150"', `"${name}"`)), defaultLimits).ok, false, name);
});

test("attack: documents that are made to be slow where a reader looks at anything twice", { timeout: 60_000 }, () => {
  const size = 1_000_000;
  const backwards = Array.from({ length: size / 10 }, (_, at) => `"${999_999 - at}":0`).join(",");
  const stem = "x".repeat(size / 100);
  const alike = Array.from({ length: 100 }, (_, at) => `"${stem}${100 - at}":0`).join(",");
  const nestedUnsorted = Array.from({ length: 30 }).reduce<string>((inner) => `{"b":${inner},"a":0}`, `"${"x".repeat(size)}"`);
  for (const text of [
    `{${backwards}}`,
    `{${alike}}`,
    nestedUnsorted,
    "[".repeat(size),
    `"${"\\u0022".repeat(size / 6)}"`,
    '"\\'.repeat(size / 2),
    "1".repeat(size),
  ])
    readJson(Buffer.from(text), defaultLimits);
});
