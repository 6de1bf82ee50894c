// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

/** Names are cut at this many characters, so that with a suffix they stay below the 255 bytes that file systems allow. */
const longest = 150;

/**
 * One file name for any text that a repository made up: a role name, a target path. RFC 3986's unreserved characters stay, every other byte is
 * percent-encoded, so the name holds no separator; a leading dot is encoded too, so it is neither `.` nor `..` nor hidden. Different texts have
 * different names: one that is empty or too long ends in `%~` and its SHA-256, which no encoding yields. Where a file system does not tell `A` from `a`,
 * two texts that differ in nothing else meet in one file; what is found there is verified at each use, so that costs a download and no more.
 */
export function fileName(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, "%2E");
  if (encoded !== "" && encoded.length <= longest) return encoded;
  return `${encoded.slice(0, longest)}%~${createHash("sha256").update(text).digest("hex")}`;
}
