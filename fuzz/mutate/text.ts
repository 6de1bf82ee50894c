// SPDX-License-Identifier: Apache-2.0
import { type Mutation, replaced } from "./bytes.ts";

const bytes = (...texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text));

/** Numbers that readers take differently. */
export const numbers: readonly Buffer[] = bytes(
  ...["0", "-0", "-1", "00", "01", "1.0", "1e0", "1E400", "0x1", "+1", "1_0", "NaN", "Infinity", ".5", "1."],
  ...["9007199254740991", "9007199254740992", "9007199254740993", "18446744073709551616", "2147483648", "4294967296", "1e-7"],
);

/** Text that readers take differently: second spellings, halves of characters, separators, names that mean something to JavaScript. */
export const tricks: readonly Buffer[] = [
  ...bytes("\ufeff", "\u2028", "\u00e9", "e\u0301", "\u{1f511}", "\ufffd", "\u212a", "\u0000", "\u001f", "\u007f", "\u200b", "\u202e"),
  ...bytes("\\u0000", "\\ud800", "\\udc00", "\\ud83d\\udd11", "\\u0041", "\\/", "\\b", "\\x41", "\\", '\\"', "\\u00zz", "\\u"),
  ...bytes("__proto__", "constructor", "toJSON", "toString", "hasOwnProperty", "length", "then", "valueOf"),
  ...bytes("../", "./", "//", "/", "%2e%2e%2f", "*", "?", "[", ".json", "root", "targets", "snapshot", "policy.json", "a".repeat(300)),
  ...bytes("\n", "\r\n", "\n\n", "\u2014", "\u2014 ", " ", "+", "=", "==", "AAAA", "-----BEGIN PUBLIC KEY-----\n", "sha256", "ed25519"),
  Buffer.from([0xc0, 0xaf]), // an overlong slash
  Buffer.from([0xed, 0xa0, 0x80]), // half a surrogate pair in UTF-8
  Buffer.from([0xf4, 0x90, 0x80, 0x80]), // beyond Unicode
  Buffer.from([0xe2, 0x82]), // a character cut short
];

const insertTrick: Mutation = (input, chance) => {
  const at = chance.below(input.length + 1);
  return replaced(input, at, at, chance.pick(tricks));
};

/** A run of digits becomes another number. */
const otherNumber: Mutation = (input, chance) => {
  let start = chance.below(input.length);
  while (start < input.length && !isDigit(input[start])) start++;
  let end = start;
  while (end < input.length && isDigit(input[end])) end++;
  return replaced(input, start, end, chance.pick(numbers));
};

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Lines change places, are doubled or go: notes, proofs and checkpoints are lists of lines. */
const shuffleLines: Mutation = (input, chance, other) => {
  const lines = input.toString("latin1").split("\n");
  const at = chance.below(lines.length);
  const [line = ""] = lines.splice(at, 1);
  const others = other.toString("latin1").split("\n");
  if (chance.oneIn(3)) lines.splice(chance.below(lines.length + 1), 0, chance.pick(others));
  if (!chance.oneIn(4)) lines.splice(chance.below(lines.length + 1), 0, line);
  if (chance.oneIn(3)) lines.splice(at, 0, line);
  return Buffer.from(lines.join("\n"), "latin1");
};

/** What can be done to text. */
export const textMutations: readonly Mutation[] = [insertTrick, otherNumber, shuffleLines];
