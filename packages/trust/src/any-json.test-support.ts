// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import type { Json } from "./canonical.ts";

/** Strings, among them those whose order or spelling is easily got wrong. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", '"', "\\", "\n", '\\"', "a", "aa", "\u007f", "\ud7ff", "\ue000", "\u{10000}"),
);

/** Any JSON that the strict reader knows: safe integers, well-formed strings, no member called `__proto__`; objects of many members too. */
export function anyJson(text: fc.Arbitrary<string> = anyText): fc.Arbitrary<Json> {
  const name = text.filter((key) => key !== "__proto__");
  return fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger().map((number) => number + 0), // no -0
      text,
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(name, tie("value"), { maxKeys: 5, noNullPrototype: true }),
      fc
        .tuple(fc.integer({ min: 60, max: 70 }), text, fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }))
        .map(([count, stem, more]) =>
          Object.assign(Object.fromEntries(Array.from({ length: count }, (_, at) => [`${stem}-${at}`, at])), more),
        ),
    ),
  })).value;
}

/** Bytes that mean something to a reader of JSON, or to one of UTF-8. */
const telling = fc.constantFrom(...Buffer.from('"\\,:{}[]0123-+.eEtrufalsn/ \n\u0000\u0080\ufeff\u{10ffff}'), 0xc0, 0xed, 0xf5, 0xff);

/** A few bytes put in, put over others or left out. */
export function mutated(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(bytes.length), remove: fc.nat(3), put: fc.array(telling, { maxLength: 3 }) });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce(
        (all, { at, remove, put }) => Buffer.concat([all.subarray(0, at), Buffer.from(put), all.subarray(at + remove)]),
        Buffer.from(bytes),
      ),
    );
}
