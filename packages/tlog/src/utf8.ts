// SPDX-License-Identifier: Apache-2.0

/** The text of these bytes, all of it, a byte order mark too; undefined where they are not UTF-8. So no two files have one text. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // the decoder's only way to say that these bytes are not UTF-8
  }
}
