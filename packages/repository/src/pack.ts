// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, constants as zlib } from "node:zlib";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import { MAX_FILE_BYTES, padding, type TarEntry, tarEnd, tarHeader } from "./tar.ts";

export interface Packed {
  /** Of the archive, in bytes. */
  readonly length: number;
  readonly sha256: string;
  /** Sum of the sizes of its files, in bytes. */
  readonly unpacked: number;
  /** Files and directories: the bound that a device holds while it unpacks. */
  readonly files: number;
}

/** Part of the format: another level or window makes other bytes. A window of 8 MiB is what every reader of zstd accepts. */
const ZSTD = { [zlib.ZSTD_c_compressionLevel]: 9, [zlib.ZSTD_c_windowLog]: 23 };
const CHUNK = 128 * 1024;

/**
 * Packs a directory into one file, `tar` then `zstd`, so that the same directory always gives the same bytes: entries in code
 * point order of their paths, no owner, no time, mode 0644 or 0755. Contents are streamed; memory grows with the number of
 * names only. `outFile` is replaced, and after a refusal it is not to be used.
 *
 * Refuses, naming the path: symbolic links and special files, setuid and setgid, names that are not UTF-8 or that hold a
 * control character or a backslash, files of 8 GiB and more, and a file whose size changes meanwhile.
 */
export async function packDirectory(directory: string, outFile: string): Promise<Outcome<Packed>> {
  try {
    const entries: TarEntry[] = [];
    for await (const entry of walk(Buffer.from(directory), "")) entries.push(entry);
    entries.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
    const hash = createHash("sha256");
    let length = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        length += chunk.length;
        done(null, chunk);
      },
    });
    const out = createWriteStream(outFile, { flush: true });
    await pipeline(tar(directory, entries), createZstdCompress({ params: ZSTD }), measure, out);
    const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
    return accept({ length, sha256: hash.digest("hex"), unpacked, files: entries.length });
  } catch (error) {
    if (error instanceof Unpackable) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** Carries a refusal out of the stream it was met in. */
class Unpackable extends Error {
  readonly refusal: Refusal;

  constructor(...refusal: Parameters<typeof refuse>) {
    super(refusal[0]);
    this.refusal = refuse(...refusal).refusal;
  }
}

async function* walk(directory: Buffer, prefix: string): AsyncGenerator<TarEntry> {
  for (const name of await readdir(directory, { encoding: "buffer" })) {
    const path = prefix + decodeName(name, prefix);
    const file = Buffer.concat([directory, Buffer.from("/"), name]);
    const stat = await lstat(file);
    if (!stat.isFile() && !stat.isDirectory()) {
      throw new Unpackable("file-special", "regular files and directories", path, "Replace it by what it stands for.");
    }
    if ((stat.mode & 0o6000) !== 0) {
      throw new Unpackable("file-setuid", "no setuid or setgid bit", path, "Run chmod ug-s on it, and let the installer raise rights.");
    }
    if (stat.size > MAX_FILE_BYTES) {
      throw new Unpackable("file-too-long", `at most ${MAX_FILE_BYTES} bytes`, `${path} with ${stat.size}`, "Split the file.");
    }
    if (stat.isDirectory()) {
      yield { path, kind: "directory", executable: true, size: 0 };
      yield* walk(file, `${path}/`);
    } else yield { path, kind: "file", executable: (stat.mode & 0o111) !== 0, size: stat.size };
  }
}

function decodeName(name: Buffer, prefix: string): string {
  const text = name.toString("utf8");
  if (Buffer.from(text).equals(name) && !/[\p{Cc}\\]/u.test(text)) return text;
  throw new Unpackable("file-name", "UTF-8 without control characters and backslashes", JSON.stringify(prefix + text), "Rename it.");
}

async function* tar(directory: string, entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry);
    if (entry.kind === "directory") continue;
    yield* content(`${directory}/${entry.path}`, entry);
    yield padding(entry.size);
  }
  yield tarEnd();
}

// Chunks are cut by size alone, never by how the disk answers, so that the compressor always sees the same ones.
async function* content(file: string, { path, size }: TarEntry): AsyncGenerator<Buffer> {
  const changed = () => new Unpackable("file-changed", `${size} bytes, as at first`, path, "Pack again once nothing writes here.");
  await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await handle.stat();
  if (!stat.isFile() || stat.size !== size) throw changed();
  for (let left = size; left > 0; left -= CHUNK) {
    const chunk = await readChunk(handle, Math.min(CHUNK, left));
    if (chunk === undefined) throw changed();
    yield chunk;
  }
}

async function readChunk(handle: FileHandle, length: number): Promise<Buffer | undefined> {
  const chunk = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(chunk, filled, length - filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return chunk;
}
