// SPDX-License-Identifier: Apache-2.0
// The tokens of JSON as bytes. Every function takes the place where a token starts and answers where it ends, or `none`.

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
const minus = 0x2d;
const zero = 0x30;

export const none = -1;

/** The least byte that stands for itself in a string of a served document; below are the control characters. */
export const space = 0x20;

/** A safe integer in its one spelling: no fraction, exponent, leading zero or -0. */
export function integerEnd(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let at = first;
  let value = 0;
  for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, ++at)) {
    if (value === 0 && at > first) return none;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return none;
  }
  if (at === first || (value === 0 && first > start)) return none;
  return bytes[at] === 0x2e || bytes[at] === 0x65 || bytes[at] === 0x45 ? none : at;
}

/** What an integer says that ends there. */
export function integerOf(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === minus;
  let value = 0;
  for (let at = negative ? start + 1 : start; at < end; at++) value = value * 10 + digitAt(bytes, at);
  return negative ? -value : value;
}

function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] ?? 0) - zero;
  return digit <= 9 ? digit : none;
}

export const t = 0x74;
export const f = 0x66;
export const n = 0x6e;
export const u = 0x75;

const spellings = ["true", "false", "null"].map((word) => Buffer.from(word));

/** What the words of JSON mean, by their first letters. */
export const words: ReadonlyMap<number, boolean | null> = new Map([
  [t, true],
  [f, false],
  [n, null],
]);

export function wordEnd(bytes: Uint8Array, at: number): number {
  for (const word of spellings) {
    let length = 0;
    while (length < word.length && bytes[at + length] === word[length]) length++;
    if (length === word.length) return at + length;
  }
  return none;
}
