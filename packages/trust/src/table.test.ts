// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyJson } from "./any-json.test-support.ts";
import { type Json, servedBytes, sortedNames } from "./canonical.ts";
import { type Decoder, decode, decodeBytes, integer, json, matching, open, table } from "./decode.ts";
import type { Outcome } from "./refusal.ts";
import { type Table, tableOf } from "./table.ts";

const name = matching(/^[^.]*$/, "a name without dots");
const entry = open({ n: integer(0, 9) });
const files = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`file-${at}`, { n: at % 10, more: "kept" }]));

function must<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

/** The same table over bytes and over plain data. */
function bothWays<T>(decoder: Decoder<Table<T>>, object: Readonly<Record<string, Json>>): readonly Table<T>[] {
  return [must(decodeBytes(decoder, servedBytes(object), "it")), must(decode(decoder, object, "it"))];
}

test("an entry is decoded when it is asked for", () => {
  for (const read of bothWays(table(name, entry), files)) {
    assert.equal(read.size, 100);
    assert.deepEqual(read.get("file-7"), { ok: true, value: { n: 7 } });
    assert.deepEqual(read.get("file-100"), { ok: true, value: undefined });
    assert.equal(read.has("file-99"), true);
    assert.equal(read.has("file-100"), false);
    assert.deepEqual(must(read.entries()).length, 100);
  }
});

test("attack: a malformed entry is refused when it is asked for, and spoils no other", () => {
  for (const read of bothWays(table(name, entry), { ...files, "file-3": { n: 10 }, "a.b": { n: 1 } })) {
    const refused = read.get("file-3");
    assert.ok(!refused.ok);
    assert.match(refused.refusal.expected, /an integer from 0 to 9 at \.file-3\.n/);
    assert.equal(read.get("a.b").ok, false);
    assert.equal(read.get("not.there").ok, false);
    assert.equal(read.get("file-4").ok, true);
    assert.equal(read.entries().ok, false);
  }
});

test("attack: names that every object has are not in a table, nor are names that no document can hold", () => {
  for (const read of bothWays(table(name, json), files))
    for (const absent of ["constructor", "toString", "__proto__", "hasOwnProperty", "\ud800"]) {
      assert.equal(read.has(absent), false);
      assert.deepEqual(read.get(absent), { ok: true, value: undefined });
    }
});

test("what is no object is no table", () => {
  for (const value of [null, 1, "a", [], undefined]) assert.equal(decode(table(name, json), value, "it").ok, false);
});

test("a table over bytes is the table over the plain object", () => {
  const object = anyJson().filter(
    (value): value is Readonly<Record<string, Json>> => typeof value === "object" && value !== null && !Array.isArray(value),
  );
  fc.assert(
    fc.property(object, fc.string({ unit: "binary" }), (members, other) => {
      const [bytes, plain] = bothWays(table(json as Decoder<string>, json), members);
      assert.ok(bytes && plain);
      assert.equal(bytes.size, plain.size);
      assert.deepEqual([...bytes.names()], [...plain.names()]);
      assert.deepEqual(bytes.entries(), plain.entries());
      for (const member of [...Object.keys(members), other]) {
        assert.deepEqual(bytes.get(member), plain.get(member));
        assert.equal(bytes.has(member), plain.has(member));
      }
    }),
  );
});

test("what changed between two tables is found without decoding, over bytes and over plain data", () => {
  const before = { ...files, "file-3": 2, quoted: '"' };
  const { "file-5": _gone, ...others } = files;
  const now = { ...others, "file-7": { n: 7, more: "kept!" }, "file-8": { n: 9, more: "kept" }, "file-3": 1, quoted: '"', new: 1 };
  const expected = ["file-3", "file-5", "file-7", "file-8"];
  const tables = bothWays(table(name, json), before);
  for (const after of bothWays(table(name, json), now)) for (const old of tables) assert.deepEqual([...after.changedFrom(old)], expected);
  const text = fc.constantFrom("", "a", "aa", '"', "\\", "\n", "\ue000", "\u{10000}");
  const some = fc.dictionary(text, fc.nat(1));
  fc.assert(
    fc.property(some, some, fc.constantFrom(0, 70), (old, now, more) => {
      const padding = Object.fromEntries(Array.from({ length: more }, (_, at) => [`${at}`, at]));
      const read = (object: Readonly<Record<string, Json>>) => bothWays(table(json as Decoder<string>, json), { ...object, ...padding });
      const changed = sortedNames(old).filter((key) => old[key] !== now[key]);
      for (const before of read(old)) for (const after of read(now)) assert.deepEqual([...after.changedFrom(before)], changed);
    }),
  );
});

test("a writer's table holds the data as it is", () => {
  const read = tableOf({ b: 1, a: 2 });
  assert.deepEqual([...read.names()], ["a", "b"]);
  assert.deepEqual(must(read.entries()), [
    ["a", 2],
    ["b", 1],
  ]);
  assert.deepEqual(read.get("c"), { ok: true, value: undefined });
});
