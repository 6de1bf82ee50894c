// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyJson, mutated } from "./any-json.test-support.ts";
import { parseJson } from "./json.ts";
import { defaultLimits } from "./limits.ts";
import { likeReference } from "./reference-json.test-support.ts";

const parse = (text: string | Uint8Array) => parseJson(Buffer.from(text as string), defaultLimits);

function refused(text: string | Uint8Array): void {
  const read = parse(text);
  assert.equal(
    read.ok,
    false,
    `accepted: ${Buffer.from(text as string)
      .toString("latin1")
      .slice(0, 60)}`,
  );
}

test("attack: two members of one name, however they are spelled", () => {
  for (const text of ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '{"\\u0061":1,"a":2}', '{"x":{"":1,"":1}}', '{"\\/":1,"/":1}']) refused(text);
  assert.ok(parse('{"a":{"a":1},"b":{"a":1}}').ok);
});

test("attack: names that every object has", () => {
  refused('{"__proto__":{}}');
  refused('{"\\u005f_proto__":{}}');
  const read = parse('{"constructor":1,"toString":2,"hasOwnProperty":3}');
  assert.ok(read.ok);
  assert.deepEqual(Object.keys(read.value as object), ["constructor", "hasOwnProperty", "toString"]);
});

test("numbers are safe integers, each in one spelling", () => {
  for (const text of [
    "0.0",
    "1.5",
    "1e3",
    "1E3",
    "-0",
    "01",
    "+1",
    "-",
    ".5",
    "1.",
    "0x10",
    "NaN",
    "Infinity",
    "9007199254740992",
    "-9007199254740992",
    "1_0",
  ])
    refused(text);
  refused("1".repeat(400));
  for (const number of [0, 1, -1, 9007199254740991, -9007199254740991]) assert.deepEqual(parse(`${number}`), { ok: true, value: number });
});

test("text is whole UTF-8 without byte order mark, halves of surrogate pairs or raw controls", () => {
  refused("\ufeff{}");
  for (const text of [
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\udc00\\udc00"',
    '"\\ud800\\ue000"',
    '"\\ud800\\u0041"',
    '{"\\udfff":1}',
    '"a\u0000b"',
    '"a\nb"',
    '"\\x41"',
    '"\\u00g0"',
    '"open',
    '"\\"',
    "'a'",
  ])
    refused(text);
  for (const bytes of [
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xff, 0x22],
    [0xff, 0xfe, 0x7b, 0x00],
  ])
    refused(Uint8Array.from(bytes));
  assert.deepEqual(parse('"\\u00E9\\u00e9\\uFfFf"'), { ok: true, value: "\u00e9\u00e9\uffff" });
  assert.deepEqual(parse('"\\ud83d\\ude00\\u0000"'), { ok: true, value: "\u{1f600}\u0000" });
});

test("one document, and nothing around it", () => {
  for (const text of [
    "",
    " ",
    "{} {}",
    "{}x",
    "[1,]",
    "[,1]",
    "{,}",
    '{"a":1,}',
    '{"a"}',
    '{"a":}',
    "{a:1}",
    "[1 2]",
    "truefalse",
    "nul",
    "{}\u0000",
    "\u00a0{}",
    "// x\n1",
    "[1}",
  ])
    refused(text);
  assert.deepEqual(parse(' \t\r\n{ "a" : [ 1 , true , null ] } \n'), { ok: true, value: { a: [1, true, null] } });
});

test("attack: a document of one huge string, number or name neither throws nor is repeated in the refusal", () => {
  const huge = "a".repeat(defaultLimits.documentBytes - 100);
  assert.ok(parse(JSON.stringify(huge)).ok);
  assert.ok(parse(`"${"\\n".repeat(1_000_000)}"`).ok);
  refused("1".repeat(1_000_000));
  const half = huge.slice(0, huge.length / 2 - 10);
  const twice = parse(`{"${half}":1,"${half}":1}`);
  assert.ok(!twice.ok && twice.refusal.found.length < 300);
});

test("attack: one escaped name in place of another, which JSON.parse of Node 24 takes for each other", () => {
  assert.deepEqual(parse('{"q":1,"\\\\":1}'), { ok: true, value: { q: 1, "\\": 1 } });
  assert.deepEqual(parse('{"q":1,"\\n":1}'), { ok: true, value: { q: 1, "\n": 1 } });
  assert.deepEqual(parse('{"q":1,"\\u0061":1}'), { ok: true, value: { q: 1, a: 1 } });
});

test("any text is refused or read as the reference reads it, and has the canonical form of what it says", () => {
  const layout = anyJson().chain((value) =>
    fc.constantFrom(undefined, 1, "\t\r\n").map((indent) => Buffer.from(JSON.stringify(value, null, indent))),
  );
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(layout, layout.chain(mutated), fc.uint8Array()), (bytes) => void seen.add(likeReference(bytes))),
    { numRuns: 500 },
  );
  assert.deepEqual([...seen].sort(), ["canonical", "read", "refused"]);
});
