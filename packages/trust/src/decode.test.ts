// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { root } from "./anchor/root.ts";
import { targets } from "./anchor/targets.ts";
import { timestamp } from "./anchor/timestamp.ts";
import { servedBytes } from "./canonical.ts";
import {
  array,
  boolean,
  closed,
  type Decoder,
  dateTime,
  decode,
  decodeBytes,
  digest,
  distinct,
  integer,
  json,
  literal,
  name,
  nullable,
  open,
  optional,
  record,
  text,
} from "./decode.ts";
import { envelope } from "./envelope.ts";
import { publicKey } from "./key.ts";
import { policy } from "./policy/policy.ts";
import { approvals } from "./release/approval.ts";
import { head } from "./release/head.ts";
import { order } from "./release/order.ts";
import { statement } from "./release/statement.ts";
import { revocationLists } from "./revocation/list.ts";
import { orderOf, statementOf } from "./simulator.test-support.ts";
import { path, specVersion } from "./tuf/meta.ts";
import { snapshot } from "./tuf/snapshot.ts";

const accepts = <T>(decoder: Decoder<T>, ...values: readonly unknown[]): void => {
  for (const value of values) assert.deepEqual(decode(decoder, value, "it"), { ok: true, value });
};
const refuses = <T>(decoder: Decoder<T>, ...values: readonly unknown[]): void => {
  for (const value of values)
    assert.equal(
      decode(decoder, value, "it").ok,
      false,
      `accepted ${typeof value === "string" ? value.slice(0, 80) : Object.keys(Object(value))}`,
    );
};

test("every decoder takes its own kind and refuses all others", () => {
  const samples: readonly unknown[] = [undefined, null, true, 0, 1.5, "", "a", [], ["a"], {}, { a: 1 }];
  const kinds: readonly (readonly [Decoder<unknown>, (value: unknown) => boolean])[] = [
    [text, (value) => typeof value === "string"],
    [boolean, (value) => typeof value === "boolean"],
    [integer(0), (value) => value === 0],
    [array(text), (value) => Array.isArray(value)],
    [open({}), (value) => typeof value === "object" && value !== null && !Array.isArray(value)],
    [nullable(boolean), (value) => value === null || value === true],
    [optional(boolean), (value) => value === undefined || value === true],
    [literal<"a" | 0>("a", 0), (value) => value === "a" || value === 0],
  ];
  for (const [decoder, fits] of kinds)
    for (const sample of samples) assert.equal(decode(decoder, sample, "it").ok, fits(sample), JSON.stringify(sample));
});

test("bounds hold on both sides", () => {
  accepts(integer(1, 3), 1, 3);
  refuses(integer(1, 3), 0, 4, 2.5, "2", Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53);
  accepts(array(text, 1, 2), ["a"], ["a", "b"]);
  refuses(array(text, 1, 2), [], ["a", "b", "c"], ["a", 1]);
  accepts(distinct(text, 1), ["a", "b"]);
  refuses(distinct(text, 1), [], ["a", "b", "a"]);
});

test("names, digests and dates have one form", () => {
  accepts(name, "a", "1.0.0+build-7_x", "x".repeat(128));
  refuses(name, "", ".", "..", ".a", "-a", "a/b", "a\\b", "a b", "a\n", "\u00e9", "x".repeat(129));
  accepts(digest, "0".repeat(64));
  refuses(digest, "0".repeat(63), "0".repeat(65), "A".repeat(64), `${"0".repeat(64)}\n`);
  accepts(dateTime, "2024-02-29T23:59:59Z", "9999-12-31T23:59:59Z");
  refuses(dateTime, "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00+00:00", "2024-01-01");
  refuses(dateTime, "2024-1-01T00:00:00Z", "2024-01-01T00:00:00.000Z", "+012024-01-01T00:00:00Z", 0);
  accepts(specVersion, "1.0", "1.0.34");
  refuses(specVersion, "1", "2.0.0", "1.1.0", "1.0.34-rc", "11.0.0");
});

test("attack: a target path that means another place", () => {
  accepts(path, "a", "a/b.c/...d", "-", "stable/hello/linux/head.json", "x".repeat(1024));
  refuses(path, "", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", "./a", "a\\b", "a\u0000", "a\nb", "x".repeat(1025));
});

test("attack: a path of a million segments is refused, and does not exhaust the stack", () => {
  refuses(path, "a/".repeat(1_000_000));
});

test("attack: a closed document has no unknown field, not even one that every object has", () => {
  for (const field of ["more", "toString", "constructor", "valueOf", "hasOwnProperty", "__defineGetter__", "__proto__"]) {
    const extra: unknown = JSON.parse(`{"a":"x","${field}":{}}`);
    refuses(closed({ a: text }), extra);
    assert.deepEqual(decode(open({ a: text }), extra, "it"), { ok: true, value: { a: "x" } });
  }
  refuses(statement, JSON.parse(`${JSON.stringify(statementOf()).slice(0, -1)},"toString":1}`));
});

test("attack: what a table does not hold is not found in it, whatever its name", () => {
  const table = decode(record(text, text), { a: "b" }, "it");
  assert.ok(table.ok);
  for (const field of ["constructor", "toString", "__proto__", "hasOwnProperty"]) assert.equal(table.value[field], undefined);
  const own = decode(record(text, text), JSON.parse('{"__proto__":"x"}'), "it");
  assert.ok(own.ok);
  assert.deepEqual(Object.entries(own.value), [["__proto__", "x"]]);
});

test("an object of many members is decoded like any other", () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, at]));
  const read = <T>(decoder: Decoder<T>, value: unknown = many) => decodeBytes(decoder, servedBytes(value), "it");
  assert.deepEqual(read(record(text, integer(0))), { ok: true, value: Object.assign(Object.create(null), many) });
  assert.deepEqual(read(open({ k7: integer(0) })), { ok: true, value: { k7: 7 } });
  assert.deepEqual(read(json, [{ many }]), { ok: true, value: [{ many }] });
  assert.equal(read(closed({ k7: integer(0) })).ok, false);
  assert.equal(read(record(text, integer(0, 98))).ok, false);
  for (const decoder of [array(integer(0)), text]) assert.equal(read<unknown>(decoder).ok, false);
});

test("any JSON is plain data, however deep, or a refusal", () => {
  accepts(json, null, 0, "a", [], { a: [{ b: null }] });
  let deep: unknown = 0;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  refuses(json, undefined, deep, 0.5, { a: [{ b: 2 ** 53 }] });
});

test("a refusal is short, whatever the document says", () => {
  const long = "x".repeat(1_000_000);
  const refused = decode(record(text, integer(0)), { [long]: long }, "it");
  assert.ok(!refused.ok);
  assert.ok(JSON.stringify(refused.refusal).length < 1000);
});

const documents: Readonly<Record<string, Decoder<unknown>>> = {
  root,
  timestamp,
  snapshot,
  targets,
  policy,
  head,
  statement,
  order,
  approvals,
  revocationLists,
  publicKey,
  envelope: envelope(root),
  anything: envelope((value) => value),
};

test("arbitrary JSON, fractions and depth included, is a value or a refusal, and never an exception", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(documents)), fc.jsonValue(), (kind, value) => {
      for (const tried of [value, { signatures: [], signed: value }]) decode(documents[kind] ?? text, tried, kind);
    }),
  );
  let deep: unknown = 0;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  refuses(
    envelope((value) => value),
    { signatures: [], signed: deep },
    { signatures: [], signed: { a: 0.5 } },
    { signatures: [], signed: ["\ud800"] },
  );
});

test("a good document with any one field replaced is a value or a refusal, and never an exception", () => {
  const good: readonly (readonly [Decoder<unknown>, object])[] = [
    [statement, statementOf()],
    [order, orderOf()],
  ];
  for (const [decoder, document] of good) {
    accepts(decoder, document);
    for (const field of Object.keys(document)) {
      refuses(decoder, Object.fromEntries(Object.entries(document).filter(([name]) => name !== field)));
      fc.assert(
        fc.property(fc.jsonValue(), (value) => decode(decoder, { ...document, [field]: value }, "it") !== undefined),
        { numRuns: 20 },
      );
    }
  }
});
