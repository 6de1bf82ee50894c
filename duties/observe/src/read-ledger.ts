// SPDX-License-Identifier: Apache-2.0
import { appendLeaves } from "@countersign/tlog/append";
import { decodeBundle, MAX_BUNDLE_BYTES } from "@countersign/tlog/bundle";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { parseEntry } from "@countersign/tlog/entry";
import { equalBytes, HASH_BYTES, leafHash } from "@countersign/tlog/hash";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import type { FormerLog } from "@countersign/tlog/quorum";
import { bundlePath, TILE_WIDTH, tilePath, tilesBetween, tileWidth } from "@countersign/tlog/tile";
import { prefixProof, type ReadTile, treeRoot } from "@countersign/tlog/tree";
import { judge } from "@countersign/trust/check";
import { type ClaimedCheckpoint, claimedCheckpoint, cosignedCheck, type LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import { type Read, readFile } from "@countersign/trust/workflow/step";
import type { Cursor, LedgerReading, LoggedEntry } from "./observation.ts";

const MAX_CHECKPOINT_BYTES = 64 * 1024;
const MAX_TILE_BYTES: number = TILE_WIDTH * HASH_BYTES;

/**
 * Reads the ledger on from the cursor. New leaves are taken from the bundles themselves and appended to the tree that was known: that it
 * then has the root that the log signed and the witnesses cosigned proves both that the bytes are the entries and that nothing before
 * them changed. `shown` is a checkpoint that the repository carries, if it does: the ledger must be served at least that far.
 */
export async function readLedger(read: Read, trust: LedgerTrust, cursor: Cursor, shown?: ClaimedCheckpoint): Promise<LedgerReading> {
  const served = await servedCheckpoint(read, trust);
  if (!served.ok) return { state: "refused", refusal: served.refusal };
  const checkpoint = newest(served.value, shown);
  if (checkpoint === undefined) return cursor.size === 0 ? { state: "absent" } : { state: "refused", refusal: missing(cursor) };
  const files = below("log/", read);
  return checkpoint.checkpoint.size < cursor.size ? await contradicted(files, cursor, checkpoint) : await readOn(files, cursor, checkpoint);
}

/**
 * Reads a log that is over on to the tree that root pins as its last, whatever its key has signed since. What was read beyond that before it was over must
 * extend it. `times` are those of the checkpoint by which root is believed.
 */
export async function readFormerLog(read: Read, { final }: FormerLog, cursor: Cursor, times: readonly number[]): Promise<LedgerReading> {
  const files = below(formerLogPrefix(final.origin), read);
  const last = { note: formatCheckpoint(final), checkpoint: final, times };
  if (cursor.size <= final.size) return await readOn(files, cursor, last);
  const before = await treeRoot(final.size, tileReader(files, final.size, cursor.size));
  if (!before.ok) return { state: "refused", refusal: before.refusal };
  const reading = await readOn(files, cursor, { ...last, checkpoint: { ...final, size: cursor.size, root: cursor.root } });
  return equalBytes(before.value, final.root) ? reading : await contradicted(files, cursor, last);
}

/** The tiles of the log as they are served, for a tree of the size that is there. */
export function tilesFrom(read: Read): ReadTile {
  return async (path) => {
    const bytes = await read(`log/${path}`, MAX_TILE_BYTES);
    return bytes.ok ? bytes.value : undefined; // whoever asked says which tile is missing
  };
}

/** Paths below a prefix. */
function below(prefix: string, read: Read): Read {
  return (path, maxBytes) => read(`${prefix}${path}`, maxBytes);
}

/** Reads on from the cursor to a tree that is believed. */
async function readOn(read: Read, cursor: Cursor, checkpoint: ClaimedCheckpoint): Promise<LedgerReading> {
  const { size, root } = checkpoint.checkpoint;
  const leaves = await readLeaves(read, cursor.size, size);
  if (!leaves.ok) return { state: "refused", refusal: leaves.refusal };
  const readTile = tileReader(read, cursor.size, size);
  const known = await treeRoot(cursor.size, readTile);
  if (!known.ok) return { state: "refused", refusal: known.refusal };
  if (!equalBytes(known.value, cursor.root)) return await contradicted(read, cursor, checkpoint);
  const grown = await appendLeaves(cursor.size, leaves.value.map(leafHash), readTile);
  if (!grown.ok) return { state: "refused", refusal: grown.refusal };
  if (!equalBytes(grown.value.root, root)) return await contradicted(read, cursor, checkpoint);
  return { state: "read", checkpoint, ...parsed(leaves.value, cursor.size) };
}

/** What was read and what is shown now, with the hashes that show it to others, where the larger tree's are served. */
async function contradicted(
  read: Read,
  { size: before }: Cursor,
  { note, checkpoint: { size } }: ClaimedCheckpoint,
): Promise<LedgerReading> {
  const prefix = await prefixProof(Math.min(size, before), Math.max(size, before), tileReader(read, size, size));
  return { state: "contradicted", note, size, prefix: prefix.ok ? prefix.value : [] };
}

/** The checkpoint that the log's readers are served, verified; undefined where there is none. */
async function servedCheckpoint(read: Read, trust: LedgerTrust): Promise<Outcome<ClaimedCheckpoint | undefined>> {
  const bytes = await read("log/checkpoint", MAX_CHECKPOINT_BYTES);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return accept(undefined);
  const claimed = claimedCheckpoint(Buffer.from(bytes.value).toString(), trust);
  return claimed.ok ? judge({ candidate: claimed.value, ledger: trust }, [cosignedCheck("ledger")]).outcome : claimed;
}

function newest(served: ClaimedCheckpoint | undefined, shown: ClaimedCheckpoint | undefined): ClaimedCheckpoint | undefined {
  if (served === undefined || shown === undefined) return served ?? shown;
  return served.checkpoint.size >= shown.checkpoint.size ? served : shown;
}

/** Reads tiles of the tree of size `from` as they are, or from the wider ones that the tree of size `to` has in their place. */
function tileReader(read: Read, from: number, to: number): ReadTile {
  const wider = new Map([...tilesBetween(from, to)].map((tile) => [placeOf(tilePath(tile)), tilePath(tile)]));
  return async (path) => {
    for (const file of [path, wider.get(placeOf(path))]) {
      const bytes = file === undefined ? undefined : await read(file, MAX_TILE_BYTES);
      if (bytes?.ok && bytes.value !== undefined) return bytes.value;
    }
    return undefined; // whoever asked says which tile is missing
  };
}

/** The path of a tile without its width. */
function placeOf(path: string): string {
  return path.replace(/\.p\/\d+$/, "");
}

/** The leaves from `from` up to, and without, `to`. Where the bundle of this width is gone, the wider one that took its place is read. */
async function readLeaves(read: Read, from: number, to: number): Promise<Outcome<readonly Uint8Array[]>> {
  const leaves: Uint8Array[] = [];
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) {
    const width = tileWidth(0, index, to);
    const exact = await read(bundlePath(index, width), MAX_BUNDLE_BYTES);
    const path = bundlePath(index, exact.ok && exact.value !== undefined ? width : TILE_WIDTH);
    const bytes = await readFile(read, path, MAX_BUNDLE_BYTES);
    const bundle = bytes.ok ? decodeBundle(bytes.value) : bytes;
    if (!bundle.ok) return bundle;
    if (bundle.value.length < width)
      return refuse("bundle-short", `${width} entries in ${path}`, `${bundle.value.length}`, "Use another mirror.");
    leaves.push(...bundle.value.slice(Math.max(0, from - index * TILE_WIDTH), width));
  }
  return accept(leaves);
}

function parsed(leaves: readonly Uint8Array[], from: number): { entries: readonly LoggedEntry[]; foreign: readonly number[] } {
  const entries: LoggedEntry[] = [];
  const foreign: number[] = [];
  for (const [at, leaf] of leaves.entries()) {
    const entry = parseEntry(leaf);
    if (entry.ok) entries.push({ index: from + at, entry: entry.value });
    else foreign.push(from + at);
  }
  return { entries, foreign };
}

function missing({ size }: Cursor): Refusal {
  return refuse("ledger-missing", `a checkpoint of ${size} entries or more`, "none", "Use another mirror.").refusal;
}
