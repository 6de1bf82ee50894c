// SPDX-License-Identifier: Apache-2.0
import { appendLeaves, type LogFile } from "./append.ts";
import { decodeBundle, encodeBundle } from "./bundle.ts";
import { equalBytes, HASH_BYTES, leafHash } from "./hash.ts";
import { logPath, parseLogPath } from "./log-path.ts";
import { formatNote, parseNote } from "./note.ts";
import { type LogTrust, strangeSignature, verifyCosigned } from "./quorum.ts";
import type { Refusal } from "./refusal.ts";
import { bundlePath, TILE_WIDTH, tileWidth } from "./tile.ts";
import type { ReadTile } from "./tree.ts";

/** The files of a log below its prefix, wherever they are. */
export interface AuditedLog {
  readonly read: ReadTile;
  /** Every path there is, where that can be asked; over HTTP it cannot, and then files that no tree needs are not looked at. */
  list?(): AsyncIterable<string>;
}

/** Something in the files of a log that is not as it must be. */
export interface Fault {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export interface Audit {
  /** Entries of the tree that the checkpoint names; 0 where there is no checkpoint that holds. */
  readonly entries: number;
  /** Files that were read and compared to the byte. */
  readonly files: number;
  readonly faults: readonly Fault[];
}

/**
 * Makes the whole log again from its entries, and compares every file with what it must be, to the byte: bundles, tiles of all levels, partial ones of
 * earlier sizes too, the root and the checkpoint with each of its signatures. `isEntry` says what may be a leaf. Whatever bit of a published file was
 * flipped, some fault names the file or one that follows from it. Memory is bounded by constants, but for the paths.
 * What is compared with a damaged file is not: once that is restored, audit again.
 *
 * A fault is no exception: the audit goes on and names all it can. Without a checkpoint that holds there is nothing to compare with.
 */
export async function auditLog(
  log: AuditedLog,
  trust: LogTrust,
  isEntry: (leaf: Uint8Array) => boolean,
  progress: (entries: number, of: number) => void = () => undefined,
): Promise<Audit> {
  const faults: Fault[] = [];
  const compared = new Set<string>(["checkpoint"]);
  const size = await auditCheckpoint(log, trust, faults);
  if (size === undefined) return { entries: 0, files: 1, faults };

  const compare = async ({ path, bytes }: LogFile): Promise<void> => {
    compared.add(path);
    const found = await log.read(path);
    if (found === undefined) faults.push({ path, expected: `${bytes.length} bytes`, found: "no such file" });
    else if (!equalBytes(found, bytes)) faults.push({ path, expected: "the hashes of what is below", found: "other bytes" });
  };
  let edge = new Map<number, LogFile>(); // the last tile of each level
  let root: Uint8Array | undefined;
  for (let from = 0; from < size.entries; from += TILE_WIDTH) {
    const leaves = await auditBundle(log, from / TILE_WIDTH, tileWidth(0, from / TILE_WIDTH, size.entries), isEntry, faults, compared);
    if (leaves === undefined) return { entries: size.entries, files: compared.size, faults };
    const written = [...edge.values()];
    const appended = await appendLeaves(from, leaves, async (path) => written.find((file) => file.path === path)?.bytes);
    if (!appended.ok) throw new Error(`a tree that was just made does not go on: ${appended.refusal.expected}`);
    const next = new Map(edge);
    for (const tile of appended.value.tiles) {
      const parsed = parseLogPath(tile.path);
      if (parsed === undefined || parsed.level === "entries") throw new Error(`no path of a tile: ${tile.path}`);
      if (parsed.width === TILE_WIDTH) await compare(tile);
      next.set(parsed.level, tile);
    }
    edge = next;
    root = appended.value.root;
    progress(Math.min(size.entries, from + TILE_WIDTH), size.entries);
  }
  for (const tile of edge.values()) if (!compared.has(tile.path)) await compare(tile);
  if (root !== undefined && !equalBytes(root, size.root))
    faults.push({ path: "checkpoint", expected: "the root of these entries", found: "another root, signed" });
  const damaged = new Set(faults.map(({ path }) => path));
  for await (const path of log.list?.() ?? []) {
    if (compared.has(path)) continue;
    compared.add(path);
    const fault = await auditEarlier(log, path, size.entries, damaged);
    if (fault !== undefined) faults.push(fault);
  }
  return { entries: size.entries, files: compared.size, faults };
}

async function auditCheckpoint(
  { read }: AuditedLog,
  trust: LogTrust,
  faults: Fault[],
): Promise<{ readonly entries: number; readonly root: Uint8Array } | undefined> {
  const path = "checkpoint";
  const bytes = await read(path);
  if (bytes === undefined) {
    faults.push({ path, expected: "a checkpoint", found: "no such file" });
    return undefined;
  }
  const cosigned = verifyCosigned(bytes, trust);
  const note = parseNote(bytes);
  if (!cosigned.ok || !note.ok) {
    faults.push(refused(path, cosigned.ok ? undefined : cosigned.refusal));
    return undefined;
  }
  const { text, signatures } = note.value;
  const strange = strangeSignature(note.value, trust);
  if (strange !== undefined) faults.push({ path, expected: "signatures of the log and its witnesses", found: `one of ${strange.name}` });
  if (!Buffer.from(formatNote(text, signatures)).equals(bytes))
    faults.push({ path, expected: "a note in its one form", found: "another form of it" });
  const { size, root } = cosigned.value.checkpoint;
  return { entries: size, root };
}

/** The leaf hashes of a bundle; undefined where its entries cannot be told apart, and nothing after it can be compared. */
async function auditBundle(
  { read }: AuditedLog,
  index: number,
  width: number,
  isEntry: (leaf: Uint8Array) => boolean,
  faults: Fault[],
  compared: Set<string>,
): Promise<readonly Uint8Array[] | undefined> {
  const path = bundlePath(index, width);
  compared.add(path);
  const bytes = await read(path);
  const entries = bytes && decodeBundle(bytes);
  if (entries?.ok !== true || entries.value.length !== width) {
    const found = entries === undefined ? "no such file" : entries.ok ? `${entries.value.length} entries` : entries.refusal.found;
    faults.push({ path, expected: `${width} entries`, found });
    return undefined;
  }
  const strange = entries.value.findIndex((entry) => !isEntry(entry));
  if (strange !== -1) faults.push({ path, expected: "entries in their one form", found: `another at ${index * TILE_WIDTH + strange}` });
  return entries.value.map(leafHash);
}

/** A partial file of an earlier size is the beginning of the one that took its place, which was compared before; where that is damaged itself, there is nothing to compare with. */
async function auditEarlier({ read }: AuditedLog, path: string, size: number, damaged: ReadonlySet<string>): Promise<Fault | undefined> {
  const parsed = parseLogPath(path);
  const { level, index, width } = parsed ?? { level: 0, index: 0, width: 0 };
  const final = tileWidth(level === "entries" ? 0 : level, index, size);
  if (parsed === undefined || width >= final) return { path, expected: `a file of a tree of up to ${size} entries`, found: "another file" };
  const later = logPath({ level, index, width: final });
  if (damaged.has(later)) return undefined;
  const [earlier, whole] = [await read(path), await read(later)];
  if (earlier === undefined || whole === undefined) return { path, expected: "a file that can be read", found: "none" };
  const expected = level === "entries" ? beginning(whole, width) : whole.subarray(0, width * HASH_BYTES);
  return expected !== undefined && equalBytes(earlier, expected)
    ? undefined
    : { path, expected: "the beginning of the file that took its place", found: "other bytes" };
}

function beginning(bundle: Uint8Array, width: number): Uint8Array | undefined {
  const entries = decodeBundle(bundle);
  return entries.ok ? encodeBundle(entries.value.slice(0, width)) : undefined;
}

function refused(path: string, refusal: Refusal | undefined): Fault {
  return { path, expected: refusal?.expected ?? "a checkpoint", found: refusal?.found ?? "something else" };
}
