// SPDX-License-Identifier: Apache-2.0

/** Marks of code that was made unreadable. Minified code has long lines and none of the others. */
export interface Obfuscation {
  readonly longestLine: number;
  /** Names as `_0x3fa2`, which obfuscators make. */
  readonly hexNames: number;
  /** `\x41` and the like, in a row. */
  readonly escapes: number;
  /** Longest run of base64 within quotes. */
  readonly base64: number;
  /** Characters that are not seen: variation selectors, tags, zero width ones; and those that turn the direction of what follows. */
  readonly invisible: number;
}

const invisible = /[\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069]|\uDB40[\uDC00-\uDDEF]|[\uFE00-\uFE0F]{2,}/g;

export function obfuscationIn(text: string): Obfuscation {
  let longestLine = 0;
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end === -1 ? text.length : end;
    longestLine = Math.max(longestLine, to - from);
    from = to + 1;
  }
  return {
    longestLine,
    hexNames: new Set(text.match(/\b_0x[0-9a-f]{4,}\b/g)).size,
    escapes: text.match(/(?:\\x[0-9a-f]{2}){8,}/gi)?.length ?? 0,
    base64: Math.max(0, ...(text.match(/(?<=["'`])[A-Za-z0-9+/]{512,}={0,2}(?=["'`])/g) ?? []).map(({ length }) => length)),
    invisible: text.match(invisible)?.length ?? 0,
  };
}
