// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "./refusal.ts";
import { TILE_WIDTH } from "./tile.ts";

/** The length of an entry is written in two bytes. */
export const MAX_ENTRY_BYTES = 65_535;
/** The most that a bundle can be: cap a download, also an uncompressed one, at this. */
export const MAX_BUNDLE_BYTES: number = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);

/** Each entry after its length, two bytes big-endian (c2sp.org/tlog-tiles). Throws for entries above 65535 bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

/** Reads a bundle to its last byte; refuses one that is cut off or holds more than 256 entries. */
export function decodeBundle(bytes: Uint8Array): Outcome<readonly Uint8Array[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (entries.length === TILE_WIDTH) return malformed(`at most ${TILE_WIDTH} entries`, "more");
    const start = at + 2;
    const end = start <= bytes.length ? start + view.getUint16(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) return malformed("whole entries", `the entry at byte ${at} is cut off`);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  return accept(entries);
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("bundle-malformed", expected, found, "fetch the bundle again, from the log or another mirror");
}
