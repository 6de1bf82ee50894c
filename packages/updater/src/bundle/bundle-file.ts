// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from "node:fs/promises";
import { decodeBytes } from "@countersign/trust/decode";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { ByteReader } from "../byte-reader.ts";
import { isErrno } from "../errno.ts";
import { readEntry } from "../tar.ts";
import { type BundleDescription, bundleDescription, descriptionPath } from "./description.ts";

/** Where the bytes of one file stand in a bundle. */
export interface Place {
  readonly start: number;
  readonly size: number;
}

/** A bundle, by what it holds. Its contents are read when they are asked for, and are worth what the gates find. */
export interface Bundle {
  readonly file: string;
  readonly description: BundleDescription;
  /** By path, as in a repository. */
  readonly places: ReadonlyMap<string, Place>;
}

const block = 512;

/** A ledger of 100 million entries has 400,000 tiles. */
const mostFiles = 1_000_000;

/**
 * Opens a bundle: a ustar archive of regular files, `bundle.json` first, each path once. Only headers are read.
 * Refuses a file that is not there (`no-bundle`), and any other archive or one that was cut short (`bundle-damaged`).
 */
export async function openBundle(file: string): Promise<Outcome<Bundle>> {
  const handle = await open(file).catch(absent);
  if (handle === undefined)
    return refuse("no-bundle", "a bundle", `nothing at ${file}`, "Name its file, or make one: countersign bundle create");
  try {
    const places = await placesIn(handle);
    if (!places.ok) return damaged(places.refusal.expected, places.refusal.found);
    const description = await describedIn(file, places.value);
    return description.ok ? accept({ file, description: description.value, places: places.value }) : description;
  } finally {
    await handle.close();
  }
}

async function placesIn(handle: FileHandle): Promise<Outcome<ReadonlyMap<string, Place>>> {
  const { size: end } = await handle.stat();
  const places = new Map<string, Place>();
  let at = 0;
  // Block by block, so that after a header nothing has been read of what follows it.
  const blocks = new ByteReader(
    (async function* () {
      while (at < end) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(block), 0, block, at);
        if (bytesRead === 0) return; // it became shorter meanwhile
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    })(),
  );
  for (;;) {
    const entry = await readEntry(blocks, defaultLimits.pathLength);
    if (!entry.ok) return entry;
    if (entry.value === undefined) return accept(places);
    const { path, type, size } = entry.value;
    if (type !== "file") return damaged("regular files", `${type} ${path}`);
    if (places.has(path)) return damaged("each path once", `${path} twice`);
    if (places.size === mostFiles) return damaged(`at most ${mostFiles} files`, "more");
    if (at + size > end) return damaged(`${size} bytes of ${path}`, `the end after ${end - at}`);
    places.set(path, { start: at, size });
    at += Math.ceil(size / block) * block;
  }
}

async function describedIn(file: string, places: ReadonlyMap<string, Place>): Promise<Outcome<BundleDescription>> {
  const [first] = places;
  if (first?.[0] !== descriptionPath) return damaged(`${descriptionPath} first`, first?.[0] ?? "an empty archive");
  if (first[1].size > defaultLimits.documentBytes) return damaged("a short description", `${first[1].size} bytes`);
  return decodeBytes(bundleDescription, await readPlace(file, first[1]), descriptionPath);
}

async function readPlace(file: string, { start, size }: Place): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(size), 0, size, start);
  return buffer;
}

function damaged(expected: string, found: string): Outcome<never> {
  return refuse("bundle-damaged", expected, found, "Copy the bundle again, or make a new one: countersign bundle create");
}

function absent(error: unknown): undefined {
  if (!isErrno(error, "ENOENT", "EISDIR")) throw error;
}
