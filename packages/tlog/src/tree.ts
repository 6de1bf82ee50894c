// SPDX-License-Identifier: Apache-2.0
import { EMPTY_ROOT, nodeHash } from "./hash.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";
import { parseTile, TILE_WIDTH, tilePath, tileWidth } from "./tile.ts";

/** Reads a file of the log by its path below the prefix (`tile/...`); undefined when there is none. */
export type ReadTile = (path: string) => Promise<Uint8Array | undefined>;

/** Leaves `from` to `to`, without `to`, whose hash a proof asks for. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The inclusion proof of a leaf, from tiles. The tiles are not trusted and need not be: `verifyInclusion` against a root that is
 * trusted says whether they were right. Refuses an index outside of the tree, and missing or damaged tiles.
 */
export async function inclusionProof(index: number, size: number, readTile: ReadTile): Promise<Outcome<Uint8Array[]>> {
  if (!areSafe(index, size) || index >= size)
    return refuse("proof-range", `an index below ${size}`, `${index}`, "ask for a leaf that the tree has");
  return hashRanges(inclusionRanges(index, { from: 0, to: size }), subtreeHashes(size, readTile));
}

/**
 * The inclusion proofs of many leaves of one tree, in their order. Neighbours share most of their path: each tile is read and each subtree hashed
 * once for all of them. Refused as a whole where one would be.
 */
export async function inclusionProofs(indices: readonly number[], size: number, readTile: ReadTile): Promise<Outcome<Uint8Array[][]>> {
  const hashes = subtreeHashes(size, readTile);
  const proofs: Uint8Array[][] = [];
  for (const index of indices) {
    if (!areSafe(index, size) || index >= size)
      return refuse("proof-range", `an index below ${size}`, `${index}`, "ask for leaves that the tree has");
    const proof = await hashRanges(inclusionRanges(index, { from: 0, to: size }), hashes);
    if (!proof.ok) return proof;
    proofs.push(proof.value);
  }
  return accept(proofs);
}

/** The consistency proof between two sizes, 0 < m <= n, from tiles of the tree of size n. As untrusted as the inclusion proof. */
export async function consistencyProof(m: number, n: number, readTile: ReadTile): Promise<Outcome<Uint8Array[]>> {
  if (!areSafe(m, n) || m === 0 || m > n)
    return refuse("proof-range", `a size from 1 to ${n}`, `${m}`, "ask between two sizes that are not empty");
  return hashRanges(consistencyRanges(m, { from: 0, to: n }, true), subtreeHashes(n, readTile));
}

/**
 * What `prefixRoot` takes: the consistency proof with its first node always written out, so that it also shows of a tree whose first m leaves are others
 * what they are. From tiles of the tree of size n, and as untrusted; empty where m = n.
 */
export async function prefixProof(m: number, n: number, readTile: ReadTile): Promise<Outcome<Uint8Array[]>> {
  if (!areSafe(m, n) || m === 0 || m > n)
    return refuse("proof-range", `a size from 1 to ${n}`, `${m}`, "ask between two sizes that are not empty");
  return m === n ? accept([]) : hashRanges(consistencyRanges(m, { from: 0, to: n }, false), subtreeHashes(n, readTile));
}

/** The root that the tiles of a tree of this size hash to: compare it with a signed one to see that the right edge is all there. */
export async function treeRoot(size: number, readTile: ReadTile): Promise<Outcome<Uint8Array>> {
  if (size === 0) return accept(EMPTY_ROOT);
  const hashes = await hashRanges([{ from: 0, to: size }], subtreeHashes(size, readTile));
  return hashes.ok ? accept(hashes.value[0] ?? EMPTY_ROOT) : hashes;
}

/** The first `width` hashes of a tile. Where a partial tile is gone, the full one that took its place is read and cut. */
export async function readHashes(level: number, index: number, width: number, readTile: ReadTile): Promise<Outcome<readonly Uint8Array[]>> {
  const path = tilePath({ level, index, width });
  const bytes = (await readTile(path)) ?? (width < TILE_WIDTH ? await readTile(tilePath({ level, index, width: TILE_WIDTH })) : undefined);
  if (bytes === undefined) return refuse("tile-missing", path, "nothing", "restore the log's files, or read from a mirror");
  const hashes = parseTile(bytes, width);
  if (hashes === undefined) return refuse("tile-malformed", `${width} hashes in ${path}`, `${bytes.length} bytes`, "read from a mirror");
  return accept(hashes);
}

/** The hash of a whole subtree from the hashes of one level: their number is a power of two. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const [first = EMPTY_ROOT] = hashes;
  if (hashes.length <= 1) return first;
  const middle = hashes.length / 2;
  return nodeHash(foldHashes(hashes.slice(0, middle)), foldHashes(hashes.slice(middle)));
}

/** RFC 9162 section 2.1.3.1, the leaf's sibling first. */
function inclusionRanges(index: number, { from, to }: Range): Range[] {
  if (to - from === 1) return [];
  const middle = from + splitPoint(to - from);
  const [here, sibling] =
    index < middle
      ? [
          { from, to: middle },
          { from: middle, to },
        ]
      : [
          { from: middle, to },
          { from, to: middle },
        ];
  return [...inclusionRanges(index, here), sibling];
}

/** RFC 9162 section 2.1.4.1; `known` while the old tree is still the left part whose root the verifier has. */
function consistencyRanges(m: number, { from, to }: Range, known: boolean): Range[] {
  if (m === to) return known ? [] : [{ from, to }];
  const middle = from + splitPoint(to - from);
  if (m <= middle) return [...consistencyRanges(m, { from, to: middle }, known), { from: middle, to }];
  return [...consistencyRanges(m, { from: middle, to }, false), { from, to: middle }];
}

/** The hash of a whole subtree: `leaves` of them, a power of two, from a multiple of that. */
type SubtreeHash = (from: number, leaves: number) => Promise<Outcome<Uint8Array>>;

async function hashRanges(ranges: readonly Range[], subtreeHash: SubtreeHash): Promise<Outcome<Uint8Array[]>> {
  const hashes: Uint8Array[] = [];
  for (const range of ranges) {
    const hash = await hashRange(range, subtreeHash);
    if (!hash.ok) return hash;
    hashes.push(hash.value);
  }
  return accept(hashes);
}

async function hashRange({ from, to }: Range, subtreeHash: SubtreeHash): Promise<Outcome<Uint8Array>> {
  const middle = splitPoint(to - from);
  if (middle * 2 === to - from || to - from === 1) return subtreeHash(from, to - from);
  const left = await subtreeHash(from, middle);
  const right = await hashRange({ from: from + middle, to }, subtreeHash);
  if (!left.ok) return left;
  return right.ok ? accept(nodeHash(left.value, right.value)) : right;
}

/** Reads each tile and hashes each subtree once. A subtree stands in one tile, as 1 to 128 neighbouring hashes of the level that is just below it. */
function subtreeHashes(size: number, readTile: ReadTile): SubtreeHash {
  const tiles = new Map<string, Promise<Outcome<Row>>>();
  const readRows = async (level: number, index: number): Promise<Outcome<Row>> => {
    const tile = await readHashes(level, index, tileWidth(level, index, size), readTile);
    return tile.ok ? accept(rowsOver(tile.value)) : tile;
  };
  return async (from, leaves) => {
    let level = 0;
    let span = 1;
    for (; span * TILE_WIDTH <= leaves; span *= TILE_WIDTH) level++;
    const index = Math.floor(from / span / TILE_WIDTH);
    const place = `${level} ${index}`;
    const reading = tiles.get(place) ?? readRows(level, index);
    tiles.set(place, reading);
    const rows = await reading;
    if (!rows.ok) return rows;
    const width = leaves / span;
    return accept(rows.value(Math.log2(width))[((from / span) % TILE_WIDTH) / width] ?? EMPTY_ROOT);
  };
}

/** The hashes over so many halvings of a tile. */
type Row = (height: number) => readonly Uint8Array[];

/** Each row is made from the one below it when it is asked for, and once. */
function rowsOver(hashes: readonly Uint8Array[]): Row {
  const rows = [hashes];
  return (height) => {
    for (let below = rows.at(-1) ?? []; rows.length <= height; below = rows.at(-1) ?? []) {
      const pairs = Math.floor(below.length / 2);
      rows.push(Array.from({ length: pairs }, (_, at) => nodeHash(below[2 * at] ?? EMPTY_ROOT, below[2 * at + 1] ?? EMPTY_ROOT)));
    }
    return rows[height] ?? [];
  };
}

function areSafe(...numbers: readonly number[]): boolean {
  return numbers.every((number) => Number.isSafeInteger(number) && number >= 0);
}

/** The largest power of two below n; 1 for n = 1. */
function splitPoint(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
