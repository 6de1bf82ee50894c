// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createZstdDecompress, constants as zlib } from "node:zlib";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import { type EntryCheck, noteNames } from "./archive-entry-checks.ts";
import { ByteReader } from "./byte-reader.ts";
import { makeDirectory, syncDirectory } from "./durable.ts";
import { isErrno } from "./errno.ts";
import { refuseIoFailure } from "./io-failure.ts";
import { type ArchiveEntry, damaged, overLimit, readEntry, readPadding } from "./tar.ts";
import { type TreeFile, type TreeManifest, treeManifest } from "./tree.ts";

/** What an archive may take. They hold while it streams, so that a bomb stops at the limit. */
export interface UnpackLimits {
  /** All files together, in bytes. */
  readonly unpackedBytes: number;
  /** Files and directories. */
  readonly files: number;
  /** Bytes of a path. */
  readonly pathLength: number;
  /** Segments of a path. */
  readonly depth: number;
}

/** The zstd window, as a power of two: what decompressing may take in memory whatever the archive asks for (128 MiB). */
const windowLog = 27;

/**
 * Unpacks a tar.zst into `destination`, an empty directory that only its owner can enter (0700), and returns what is there now (gate 14).
 * Modes become 0644 or 0755; owners and times are not restored. It is all on disk when this returns.
 *
 * Refuses what the checks refuse, and: `archive-damaged` (anything but exactly what our own packer writes), `archive-limit`, `entry-unwritable`
 * (a name that this file system does not take), `staging-not-private`, and what `refuseIoFailure` does. After a refusal the destination holds rubbish: remove it.
 */
export async function unpack(
  archiveFile: string,
  destination: string,
  limits: UnpackLimits,
  checks: readonly EntryCheck[],
): Promise<Outcome<TreeManifest>> {
  if (!(await isPrivateAndEmpty(destination))) {
    return refuse("staging-not-private", "an empty directory of mode 0700", destination, "let the installer prepare the directory");
  }
  await using archive = await open(archiveFile, constants.O_RDONLY | constants.O_NOFOLLOW);
  const packed = archive.createReadStream({ autoClose: false });
  const plain = packed.pipe(createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: windowLog } }));
  packed.on("error", (error) => plain.destroy(error));
  try {
    const manifest = await extract(new ByteReader(plain), destination, limits, checks);
    if (manifest.ok && !(await endsAt(archive, plain.bytesWritten))) return damaged("nothing after the compressed data", "more bytes");
    return manifest;
  } catch (error) {
    return refuseStreamError(error, destination);
  } finally {
    packed.destroy();
    plain.destroy();
  }
}

/** A zstd frame without content: Node's streaming compressor ends with one. */
const emptyFrame = Buffer.from("28b52ffd2000010000", "hex");

/** The decompressor stops at the end of its frame and says nothing of what follows, so whether that is nothing has to be looked up. */
async function endsAt(archive: FileHandle, position: number): Promise<boolean> {
  const { buffer, bytesRead } = await archive.read(Buffer.alloc(emptyFrame.length + 1), 0, emptyFrame.length + 1, position);
  return bytesRead === 0 || emptyFrame.equals(buffer.subarray(0, bytesRead));
}

async function extract(
  tar: ByteReader,
  destination: string,
  limits: UnpackLimits,
  checks: readonly EntryCheck[],
): Promise<Outcome<TreeManifest>> {
  const seen = new Map<string, string>();
  const directories = new Set([destination]);
  const files: TreeFile[] = [];
  let left = limits.unpackedBytes;
  for (let count = 1; ; count++) {
    const next = await readEntry(tar, limits.pathLength);
    if (!next.ok) return next;
    const entry = next.value;
    if (entry === undefined) break;
    left -= entry.size;
    if (left < 0) return overLimit(`at most ${limits.unpackedBytes} bytes unpacked`, "more");
    if (count > limits.files) return overLimit(`at most ${limits.files} files and directories`, "more");
    if (entry.path.split("/").length > limits.depth) return overLimit(`at most ${limits.depth} levels`, JSON.stringify(entry.path));
    for (const check of checks) {
      const refusal = check.examine(entry, seen);
      if (refusal !== undefined) return { ok: false, refusal: { ...refusal, check: check.name } };
    }
    noteNames(entry, seen);
    const written = await write(entry, tar, destination, directories);
    if (!written.ok) return written;
    if (written.value !== undefined) files.push(written.value);
  }
  for (const directory of directories) await syncDirectory(directory);
  return accept(treeManifest(files));
}

async function write(
  entry: ArchiveEntry,
  tar: ByteReader,
  destination: string,
  directories: Set<string>,
): Promise<Outcome<TreeFile | undefined>> {
  const target = join(destination, entry.path);
  const directory = entry.type === "directory" ? target : dirname(target);
  const mode = (entry.mode & 0o111) === 0 ? 0o644 : 0o755;
  try {
    if (!directories.has(directory)) await makeDirectory(directory, 0o755);
    directories.add(directory);
    if (entry.type === "directory") return accept(undefined);
    await using file = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
    await file.chmod(mode); // the mode given to open is cut by the umask
    const sha256 = await writeContent(file, tar, entry.size);
    if (!sha256.ok) return sha256;
    await file.sync();
    return accept({ path: entry.path, mode, length: entry.size, sha256: sha256.value });
  } catch (error) {
    return refuseUnwritable(error, entry.path);
  }
}

async function writeContent(file: FileHandle, tar: ByteReader, size: number): Promise<Outcome<string>> {
  const hash = createHash("sha256");
  for (let left = size; left > 0; ) {
    const bytes = await tar.some(left);
    if (bytes === undefined) return damaged(`${left} more bytes of content`, "the end of the archive");
    hash.update(bytes);
    await file.appendFile(bytes);
    left -= bytes.length;
  }
  const refusal = await readPadding(tar, size);
  return refusal === undefined ? accept(hash.digest("hex")) : { ok: false, refusal };
}

async function isPrivateAndEmpty(directory: string): Promise<boolean> {
  const stat = await lstat(directory);
  return stat.isDirectory() && (stat.mode & 0o077) === 0 && (await readdir(directory)).length === 0;
}

/** Names that this file system refuses although the checks let them pass: its rules for case and Unicode may be stranger than ours. */
const nameErrors: readonly string[] = ["EEXIST", "EISDIR", "ENOTDIR", "ENAMETOOLONG", "EILSEQ", "EINVAL", "ELOOP"];

function refuseUnwritable(error: unknown, path: string): { readonly ok: false; readonly refusal: Refusal } {
  if (!isErrno(error, ...nameErrors)) throw error;
  return refuse(
    "entry-unwritable",
    "a name that this file system takes",
    `${JSON.stringify(path)}: ${error}`,
    "do not install; report the release",
  );
}

function refuseStreamError(error: unknown, destination: string): { readonly ok: false; readonly refusal: Refusal } {
  if (error instanceof Error && "code" in error && /^(ZSTD_|Z_)/.test(String(error.code))) return damaged("a zstd stream", error.message);
  return refuseIoFailure(error, destination);
}
