// SPDX-License-Identifier: Apache-2.0

/** A name in a native file's tables, up to its zero byte. Throws a `RangeError` for a place outside of the file. */
export function textAt(bytes: Uint8Array, from: number): string {
  if (from >= bytes.length) throw new RangeError("a name outside of the file");
  const end = bytes.indexOf(0, from);
  return Buffer.from(bytes.subarray(from, Math.min(end === -1 ? bytes.length : end, from + 512))).toString("latin1");
}
