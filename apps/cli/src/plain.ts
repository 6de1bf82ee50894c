// SPDX-License-Identifier: Apache-2.0

/** A text from elsewhere, without what would move the cursor, break the line or turn the direction of reading: a release is read before it is trusted. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
}
