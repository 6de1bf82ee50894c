// SPDX-License-Identifier: Apache-2.0
import type { Chance } from "../chance.ts";
import { replaced } from "./bytes.ts";
import { type JsonSpans, jsonSpans, type Span } from "./json-spans.ts";
import { numbers, tricks } from "./text.ts";

/** A document whose parts are known, broken where its reader has to decide something. */
export type JsonMutation = (input: Buffer, parts: JsonSpans, chance: Chance, other: Buffer) => Buffer;

const literals: readonly Buffer[] = [
  ...["null", "true", "false", "0", "1", "-1", '""', '"a"', "[]", "{}", "[[]]", '{"a":1}', "[null]", '"1"', '"2999-01-01T00:00:00Z"'],
  ...['"0000-00-00T00:00:00Z"', '"2030-02-30T00:00:00Z"', '"1.0.99"', '"2.0.0"', '{"__proto__":{}}', '{"sha256":""}', '{"":""}'],
].map((text) => Buffer.from(text));

const comma = Buffer.from(",");
const of = (input: Buffer, { start, end }: Span): Buffer => input.subarray(start, end);

/** A place among the parts; the start of the document where there is none. */
function pick<T extends Span>(chance: Chance, spans: readonly T[], otherwise: T): T {
  return spans.length === 0 ? otherwise : chance.pick(spans);
}

const nowhere: Span = { start: 0, end: 0 };
const noMember = { ...nowhere, key: nowhere, value: nowhere, object: 0 };

const otherType: JsonMutation = (input, { values }, chance) => {
  const { start, end } = pick(chance, values, nowhere);
  return replaced(input, start, end, chance.pick(literals));
};

const otherNumber: JsonMutation = (input, parts, chance) => {
  const { start, end } = pick(chance, parts.numbers, nowhere);
  return replaced(input, start, end, chance.pick(numbers));
};

const trickInString: JsonMutation = (input, { strings, members }, chance) => {
  const { start, end } = chance.oneIn(3) ? pick(chance, members, noMember).key : pick(chance, strings, nowhere);
  const at = Math.min(end, start + 1 + chance.below(Math.max(1, end - start - 1)));
  return replaced(input, at, chance.oneIn(2) ? at : Math.min(end - 1, at + 1), chance.pick(tricks));
};

/** One member twice: the same, or with another value. */
const doubleMember: JsonMutation = (input, { members, values }, chance) => {
  const { end, key, value } = pick(chance, members, noMember);
  const second = chance.oneIn(2) ? value : pick(chance, values, nowhere);
  return replaced(input, end, end, Buffer.concat([comma, of(input, key), Buffer.from(":"), of(input, second)]));
};

const dropMember: JsonMutation = (input, { members }, chance) => {
  const { start, end } = pick(chance, members, noMember);
  if (input[end] === 0x2c) return replaced(input, start, end + 1, Buffer.alloc(0));
  return replaced(input, input[start - 1] === 0x2c ? start - 1 : start, end, Buffer.alloc(0));
};

const renameMember: JsonMutation = (input, { members }, chance) => {
  const { key } = pick(chance, members, noMember);
  const by = chance.oneIn(2) ? of(input, pick(chance, members, noMember).key) : Buffer.concat([quote, chance.pick(tricks), quote]);
  return replaced(input, key.start, key.end, by);
};
const quote = Buffer.from('"');

const addMember: JsonMutation = (input, { members, values }, chance, other) => {
  const { start } = pick(chance, members, noMember);
  const name = chance.oneIn(2) ? Buffer.from(`"x${chance.below(4)}"`) : Buffer.concat([quote, chance.pick(tricks), quote]);
  const value = chance.oneIn(4) ? other : chance.oneIn(2) ? chance.pick(literals) : of(input, pick(chance, values, nowhere));
  return replaced(input, start, start, Buffer.concat([name, Buffer.from(":"), value, comma]));
};

/** Two places change what stands there: signatures, key identifiers, digests, whole roles. */
const swapValues: JsonMutation = (input, { values, strings, items, members }, chance) => {
  const from = chance.pick([values, strings, items, members]);
  const one = pick<Span>(chance, from, nowhere);
  const two = pick<Span>(chance, from, nowhere);
  const [first, second] = one.start < two.start ? [one, two] : [two, one];
  if (first.end > second.start) return replaced(input, second.start, second.end, of(input, first));
  return Buffer.concat([
    input.subarray(0, first.start),
    of(input, second),
    input.subarray(first.end, second.start),
    of(input, first),
    input.subarray(second.end),
  ]);
};

const copyValue: JsonMutation = (input, { values, strings }, chance) => {
  const from = chance.oneIn(2) ? values : strings;
  const { start, end } = pick(chance, from, nowhere);
  return replaced(input, start, end, of(input, pick(chance, from, nowhere)));
};

/** A part of another document in a place of this one. */
const transplant: JsonMutation = (input, { values }, chance, other) => {
  const { start, end } = pick(chance, values, nowhere);
  const parts = jsonSpans(other);
  return replaced(input, start, end, parts === undefined ? other : of(other, pick(chance, parts.values, nowhere)));
};

const repeatItem: JsonMutation = (input, { items }, chance) => {
  const item = pick(chance, items, { ...nowhere, array: 0 });
  const copies = Array.from({ length: chance.oneIn(20) ? 100 : 1 }, () => [comma, of(input, item)]).flat();
  return replaced(input, item.end, item.end, Buffer.concat(copies));
};

const nest: JsonMutation = (input, { values }, chance) => {
  const value = pick(chance, values, nowhere);
  const depth = chance.pick([1, 2, 30, 31, 32, 33, 1000]);
  const [open, close] = chance.oneIn(2) ? ["[", "]"] : ['{"a":', "}"];
  const pieces = [Buffer.from(open.repeat(depth)), of(input, value), Buffer.from(close.repeat(depth))];
  return replaced(input, value.start, value.end, Buffer.concat(pieces));
};

/** White space where JSON allows it and the canonical form does not. */
const space: JsonMutation = (input, { values, members }, chance) => {
  const at = chance.oneIn(2) ? pick(chance, values, nowhere).start : pick(chance, members, noMember).end;
  return replaced(input, at, at, Buffer.from(chance.pick([" ", "\n", "\t", "\r", "\u00a0", "\v"])));
};

/** What can be done to a JSON document. */
export const jsonMutations: readonly JsonMutation[] = [
  ...[otherType, otherNumber, trickInString, doubleMember, dropMember, renameMember, addMember],
  ...[swapValues, copyValue, transplant, repeatItem, nest, space],
];
