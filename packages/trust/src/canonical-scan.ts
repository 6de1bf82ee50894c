// SPDX-License-Identifier: Apache-2.0
import { compareNames, isPrototypeName } from "./names.ts";
import * as token from "./tokens.ts";
import { characterEnd } from "./utf8.ts";

/** How canonical JSON is scanned. */
export interface Scan {
  /** The least byte that may stand in a string as it is: `space` in a document as served, 0 in the canonical form, which escapes no controls. */
  readonly lowest: number;
  /** How many values may lie one in another, below the outermost. */
  readonly depth: number;
}

/**
 * Where the value that starts at `at` ends, if it is canonical JSON (TUF 4.1) as it stands: UTF-8, names strictly ascending by
 * code point and so each once, integers only, no white space, nothing too deep. `none` if not. Any two readers read such bytes alike.
 */
export function valueEnd(bytes: Uint8Array, at: number, scan: Scan, depth: number): number {
  if (depth > scan.depth) return token.none;
  switch (bytes[at]) {
    case token.openBrace:
      return objectEnd(bytes, at, scan, depth);
    case token.openBracket:
      return arrayEnd(bytes, at, scan, depth);
    case token.quote:
      return stringEnd(bytes, at, scan.lowest);
    case token.t:
    case token.f:
    case token.n:
      return token.wordEnd(bytes, at);
    default:
      return token.integerEnd(bytes, at);
  }
}

function objectEnd(bytes: Uint8Array, start: number, scan: Scan, depth: number): number {
  if (bytes[start + 1] === token.closeBrace) return start + 2;
  let previous = token.none;
  let at = start;
  do {
    const name = at + 1;
    at = nameEnd(bytes, name, previous, scan.lowest);
    if (at === token.none) return token.none;
    at = valueEnd(bytes, at, scan, depth + 1);
    if (at === token.none) return token.none;
    previous = name;
  } while (bytes[at] === token.comma);
  return bytes[at] === token.closeBrace ? at + 1 : token.none;
}

function arrayEnd(bytes: Uint8Array, start: number, scan: Scan, depth: number): number {
  if (bytes[start + 1] === token.closeBracket) return start + 2;
  let at = start;
  do {
    at = valueEnd(bytes, at + 1, scan, depth + 1);
    if (at === token.none) return token.none;
  } while (bytes[at] === token.comma);
  return bytes[at] === token.closeBracket ? at + 1 : token.none;
}

/** Where the value of the member starts whose name starts at `at`; `previous` is where the name before it starts, or `none`. */
export function nameEnd(bytes: Uint8Array, at: number, previous: number, lowest: number): number {
  const end = bytes[at] === token.quote ? stringEnd(bytes, at, lowest) : token.none;
  if (end === token.none || bytes[end] !== token.colon) return token.none;
  if (previous !== token.none && compareNames(bytes, previous, bytes, at) >= 0) return token.none;
  return isPrototypeName(bytes, at) ? token.none : end + 1;
}

/** Only `"` and `\` are escaped. */
export function stringEnd(bytes: Uint8Array, start: number, lowest: number): number {
  let at = start + 1;
  for (;;) {
    let byte = bytes[at] ?? 0xff;
    while (byte >= lowest && byte < 0x80 && byte !== token.quote && byte !== token.backslash) byte = bytes[++at] ?? 0xff;
    if (byte === token.quote) return at + 1;
    if (byte === token.backslash) {
      if (bytes[at + 1] !== token.quote && bytes[at + 1] !== token.backslash) return token.none;
      at += 2;
    } else {
      at = characterEnd(bytes, at);
      if (at === token.none) return token.none;
    }
  }
}
