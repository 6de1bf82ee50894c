// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalBytes, type Json } from "@countersign/trust/canonical";
import fc from "fast-check";
import { fieldOf } from "./message.ts";
import { type Change, splice } from "./splice.ts";

const name = fc.oneof(
  fc.constantFrom("a", "b", "meta", 'q"', "\\", "\n", "é", "\u{1f600}", "\uffff", ""),
  fc.string({ maxLength: 4, unit: "grapheme" }),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 5 }),
  ),
}));
const object = fc.dictionary(name, value, { maxKeys: 6 });

/** The same on plain data. */
function applied(document: Readonly<Record<string, Json>>, [step, ...rest]: readonly string[], to: Json | undefined): Record<string, Json> {
  const table = new Map(Object.entries(document));
  const known = table.get(step ?? "");
  const inner = typeof known === "object" && known !== null && !Array.isArray(known) ? (known as Readonly<Record<string, Json>>) : {};
  const made = rest.length === 0 ? to : applied(inner, rest, to);
  if (made === undefined) table.delete(step ?? "");
  else table.set(step ?? "", made);
  return Object.fromEntries(table);
}

test("property: changed bytes are the canonical form of the changed document", () => {
  fc.assert(
    fc.property(object, fc.array(fc.tuple(name, fc.option(value, { nil: undefined })), { maxLength: 4 }), (document, given) => {
      const changes = given.map(([step, to]): Change => ({ path: [step], value: to }));
      const wanted = changes.reduce((before, change) => applied(before, change.path, change.value), document);
      assert.equal(Buffer.from(splice(canonicalBytes(document), changes)).toString(), Buffer.from(canonicalBytes(wanted)).toString());
    }),
    { numRuns: 500 },
  );
});

test("property: a change further in makes the objects on its way, and reads back as what it set", () => {
  fc.assert(
    fc.property(object, fc.dictionary(name, object), name, value, (outer, inner, step, to) => {
      const document = { ...outer, meta: inner };
      const changed = splice(canonicalBytes(document), [{ path: ["meta", "deep", step], value: to }]);
      const wanted = applied(document, ["meta", "deep", step], to);
      assert.equal(Buffer.from(changed).toString(), Buffer.from(canonicalBytes(wanted)).toString());
      assert.equal(
        Buffer.from(canonicalBytes(fieldOf(changed, "meta", "deep", step))).toString(),
        Buffer.from(canonicalBytes(to)).toString(),
      );
    }),
    { numRuns: 300 },
  );
});

test("a change inside of what another replaces is a contradiction", () => {
  const document = canonicalBytes({ a: {} });
  const [whole, inside] = [
    { path: ["a"], value: 1 },
    { path: ["a", "b"], value: 2 },
  ] as const;
  assert.throws(() => splice(document, [whole, inside]), TypeError);
  assert.throws(() => splice(document, [inside, whole]), TypeError);
});
