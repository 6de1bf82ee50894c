// SPDX-License-Identifier: Apache-2.0
import { backslash, quote } from "./tokens.ts";

/**
 * The order of two names of members, which start at their opening quotes in the canonical form: that of their code points, which
 * UTF-8 keeps. The backslash of an escape does not count.
 */
export function compareNames(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number): number {
  let atA = aStart;
  let atB = bStart;
  for (;;) {
    let x = a[++atA] ?? quote;
    let y = b[++atB] ?? quote;
    while (x === y && x !== quote && x !== backslash) {
      x = a[++atA] ?? quote;
      y = b[++atB] ?? quote;
    }
    if (x === quote || y === quote) return Number(y === quote) - Number(x === quote);
    if (x === backslash) x = a[++atA] ?? quote;
    if (y === backslash) y = b[++atB] ?? quote;
    if (x !== y) return x - y;
  }
}

const prototypeName = Buffer.from('"__proto__"');

/** True for the one name that plain objects cannot hold as they hold others. No document of ours or of TUF's has it, so it is refused. */
export function isPrototypeName(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 1] === prototypeName[1] && compareNames(bytes, start, prototypeName, 0) === 0;
}
