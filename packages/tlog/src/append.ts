// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "./refusal.ts";
import { TILE_WIDTH, tilePath } from "./tile.ts";
import { foldHashes, type ReadTile, readHashes, treeRoot } from "./tree.ts";

/** A file of the log that an append makes. No file is ever changed: a wider tile has another path. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The tree after an append, and the tiles it has that the tree before did not. */
export interface Appended {
  readonly size: number;
  readonly root: Uint8Array;
  readonly tiles: readonly LogFile[];
}

/**
 * Appends leaf hashes to the tree of this size. It reads only the tiles of the right edge and writes nothing: the caller stores
 * the new tiles before it shows the new root to anyone.
 */
export async function appendLeaves(size: number, leaves: readonly Uint8Array[], readTile: ReadTile): Promise<Outcome<Appended>> {
  const tiles: LogFile[] = [];
  let row: readonly Uint8Array[] = leaves; // the new hashes of this level
  let start = size; // where they begin in it
  for (let level = 0; row.length > 0; level++) {
    const width = start % TILE_WIDTH;
    start = Math.floor(start / TILE_WIDTH);
    const edge = width === 0 ? accept([]) : await readHashes(level, start, width, readTile);
    if (!edge.ok) return edge;
    const hashes = [...edge.value, ...row];
    const above: Uint8Array[] = [];
    for (let at = 0; at < hashes.length; at += TILE_WIDTH) {
      const tile = hashes.slice(at, at + TILE_WIDTH);
      tiles.push({ path: tilePath({ level, index: start + at / TILE_WIDTH, width: tile.length }), bytes: Buffer.concat(tile) });
      if (tile.length === TILE_WIDTH) above.push(foldHashes(tile));
    }
    row = above;
  }
  const fresh = new Map(tiles.map(({ path, bytes }) => [path, bytes]));
  const root = await treeRoot(size + leaves.length, async (path) => fresh.get(path) ?? readTile(path));
  return root.ok ? accept({ size: size + leaves.length, root: root.value, tiles }) : root;
}
