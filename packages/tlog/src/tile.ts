// SPDX-License-Identifier: Apache-2.0
import { HASH_BYTES } from "./hash.ts";

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;

/** Up to 256 consecutive hashes of one level; a hash of level L covers 256^L leaves. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256. Fewer than 256 is a partial tile, the last of its level. */
  readonly width: number;
}

/** Where a tile is, relative to the log's prefix: `tile/0/x001/000.p/17` (c2sp.org/tlog-tiles). */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${indexPath(index)}${partial(width)}`;
}

/** Where the bundle of entries is whose hashes are in the tile of level 0 with the same index. */
export function bundlePath(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${partial(width)}`;
}

/** How many hashes the tile has in the tree of this size: 0 where it has none. */
export function tileWidth(level: number, index: number, size: number): number {
  const row = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, row - index * TILE_WIDTH));
}

/** Every tile of the tree of size `to` that the tree of size `from` does not have, level by level. From 0: the whole tree. */
export function* tilesBetween(from: number, to: number): Generator<Tile> {
  for (let level = 0; TILE_WIDTH ** level <= to; level++) {
    const span = TILE_WIDTH ** (level + 1);
    for (let index = Math.floor(from / span); tileWidth(level, index, to) > 0; index++) {
      const width = tileWidth(level, index, to);
      if (width !== tileWidth(level, index, from)) yield { level, index, width };
    }
  }
}

/** Cuts a tile into its hashes; undefined unless it holds at least `width` of them and nothing else. More than that is cut off. */
export function parseTile(bytes: Uint8Array, width: number): readonly Uint8Array[] | undefined {
  if (bytes.length % HASH_BYTES !== 0 || bytes.length < width * HASH_BYTES || bytes.length > TILE_WIDTH * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

function indexPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

function partial(width: number): string {
  return width === TILE_WIDTH ? "" : `.p/${width}`;
}
