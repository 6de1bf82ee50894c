// SPDX-License-Identifier: Apache-2.0
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import type { Reader } from "@countersign/repository/store";
import { openRepository } from "@countersign/repository/view";
import { appendLeaves } from "@countersign/tlog/append";
import { decodeBundle, MAX_BUNDLE_BYTES } from "@countersign/tlog/bundle";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { type Entry, encodeEntry, parseEntry } from "@countersign/tlog/entry";
import { equalBytes, leafHash } from "@countersign/tlog/hash";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { verifyInclusion } from "@countersign/tlog/merkle";
import { MAX_NOTE_BYTES } from "@countersign/tlog/note";
import { type CosignedCheckpoint, verifyCosigned } from "@countersign/tlog/quorum";
import { bundlePath, TILE_WIDTH, tileWidth } from "@countersign/tlog/tile";
import { inclusionProof, type ReadTile } from "@countersign/tlog/tree";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { readFile } from "@countersign/trust/workflow/step";
import type { Source } from "./published.ts";

/** The ledger as a stranger sees it, at a checkpoint that the log signed and the witness quorum cosigned. */
export interface LedgerView {
  /** Whom to believe about this log. */
  readonly trust: LedgerTrust;
  readonly cosigned: CosignedCheckpoint;
  /** The files of the log; nothing in them is trusted. */
  readonly readTile: ReadTile;
}

/** A ledger entry with its place. */
export interface PlacedEntry {
  readonly index: number;
  readonly entry: Entry;
}

/** Opens the ledger beside a repository, under the log and the witnesses that the newest root names. */
export function openLedger({ store, anchor, now }: Source): Promise<Outcome<LedgerView>> {
  return openLedgerIn(httpReader(store), anchor, now);
}

/** The same from wherever the repository is read. */
export async function openLedgerIn(reader: Reader, anchor: Uint8Array, now: number): Promise<Outcome<LedgerView>> {
  const read = readFrom(reader);
  const repository = await openRepository(read, anchor, now);
  if (!repository.ok) return repository;
  const note = await readFile(read, "log/checkpoint", MAX_NOTE_BYTES);
  if (!note.ok) return note;
  const cosigned = verifyCosigned(note.value, repository.value.ledger);
  return cosigned.ok ? accept({ trust: repository.value.ledger, cosigned: cosigned.value, readTile: tilesOf(reader) }) : cosigned;
}

/** Reads every entry, and sees that together they are exactly the tree that was cosigned. Answers how many of each type there are. */
export async function verifyLedger(ledger: LedgerView): Promise<Outcome<ReadonlyMap<string, number>>> {
  const entries = await everyEntry(ledger);
  if (!entries.ok) return entries;
  const types = Map.groupBy(entries.value, ({ entry }) => entry.type);
  return accept(new Map([...types].map(([type, those]) => [type, those.length])));
}

/** Every entry in order. Refused where they are not exactly the tree that was cosigned. */
export function everyEntry({ cosigned, readTile }: LedgerView): Promise<Outcome<readonly PlacedEntry[]>> {
  return wholeTree(cosigned.checkpoint, readTile);
}

/** The same, after those of the logs before this one, the oldest first, each up to the tree that root pins as its last. */
export async function entriesOfAllLogs(reader: Reader, ledger: LedgerView): Promise<Outcome<readonly PlacedEntry[]>> {
  const entries: PlacedEntry[] = [];
  for (const { final } of ledger.trust.former?.toReversed() ?? []) {
    const before = await wholeTree(final, tilesOf(reader, formerLogPrefix(final.origin)));
    if (!before.ok) return before;
    entries.push(...before.value);
  }
  const now = await everyEntry(ledger);
  return now.ok ? accept([...entries, ...now.value]) : now;
}

async function wholeTree({ size, root }: Checkpoint, readTile: ReadTile): Promise<Outcome<readonly PlacedEntry[]>> {
  const entries = await entriesFrom(0, size, readTile);
  if (!entries.ok) return entries;
  const leaves = entries.value.map(({ entry }) => leafHash(encodeEntry(entry)));
  const tree = await appendLeaves(0, leaves, async () => undefined);
  if (!tree.ok) return tree;
  return equalBytes(tree.value.root, root) ? entries : inconsistent("entries that hash to the cosigned root");
}

/** The newest `count` entries, oldest first, each proven to be in the tree that was cosigned. */
export async function lastEntries(ledger: LedgerView, count: number): Promise<Outcome<readonly PlacedEntry[]>> {
  const { size, root } = ledger.cosigned.checkpoint;
  const entries = await entriesFrom(Math.max(0, size - count), size, ledger.readTile);
  if (!entries.ok) return entries;
  for (const { index, entry } of entries.value) {
    const proof = await inclusionProof(index, size, ledger.readTile);
    if (!proof.ok) return proof;
    if (!verifyInclusion(index, size, leafHash(encodeEntry(entry)), proof.value, root))
      return inconsistent(`the entry that was cosigned at ${index}`);
  }
  return entries;
}

/** The entries from an index on, as the log's files have them. */
async function entriesFrom(first: number, size: number, readTile: ReadTile): Promise<Outcome<readonly PlacedEntry[]>> {
  const placed: PlacedEntry[] = [];
  for (let bundle = Math.floor(first / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
    const width = tileWidth(0, bundle, size);
    const bytes = (await readTile(bundlePath(bundle, width))) ?? (await readTile(bundlePath(bundle, TILE_WIDTH)));
    const leaves = decodeBundle(bytes ?? new Uint8Array());
    if (!leaves.ok) return leaves;
    if (leaves.value.length < width) return inconsistent(`${width} entries in ${bundlePath(bundle, width)}`);
    for (const [at, leaf] of leaves.value.slice(0, width).entries()) {
      const index = bundle * TILE_WIDTH + at;
      const entry = parseEntry(leaf);
      if (!entry.ok) return noEntry(index, entry.refusal.found);
      placed.push({ index, entry: entry.value });
    }
  }
  return accept(placed.filter(({ index }) => index >= first));
}

function inconsistent(expected: string): Outcome<never> {
  return refuse("ledger-inconsistent", expected, "something else", "Read from another mirror, and report this one.");
}

function noEntry(index: number, found: string): Outcome<never> {
  const remedy =
    "Read from another mirror. If it has the same, the log's key was used by something else than the ledger; else see what differs: countersign ledger audit";
  return refuse("entry-malformed", `an entry at ${index}`, found, remedy);
}

function tilesOf(reader: Reader, prefix = "log/"): ReadTile {
  return (path) => reader.read(`${prefix}${path}`, MAX_BUNDLE_BYTES);
}
