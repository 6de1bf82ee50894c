// SPDX-License-Identifier: Apache-2.0
import { none } from "./tokens.ts";

/** Where a character of two bytes and more ends; `none` if it is not in its shortest form, or half of a surrogate pair (Unicode, table 3-7). */
export function characterEnd(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return none;
  const second = bytes[at + 1] ?? 0;
  if (second < (lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80)) return none;
  if (second > (lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf)) return none;
  const end = at + (lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
  for (let next = at + 2; next < end; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return none;
  return end;
}

/** Writes one character, and tells where it ends. */
export function putCharacter(bytes: Uint8Array, at: number, codePoint: number): number {
  if (codePoint < 0x80) {
    bytes[at] = codePoint;
    return at + 1;
  }
  const more = codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
  bytes[at] = (0xff00 >> (more + 1)) | (codePoint >> (6 * more)); // 110, 1110 or 11110, then the highest bits; the rest falls off
  for (let next = 1; next <= more; next++) bytes[at + next] = 0x80 | ((codePoint >> (6 * (more - next))) & 0x3f);
  return at + more + 1;
}
