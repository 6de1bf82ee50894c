// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Refusal, refuse } from "@countersign/tlog/refusal";
import { isErrno } from "./errno.ts";

/** One file of an installed tree. */
export interface TreeFile {
  /** Relative to the tree, with slashes. */
  readonly path: string;
  /** Permission bits: 0644 or 0755 as a number. */
  readonly mode: number;
  /** Bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Everything an installed version consists of. Directories are implied. */
export interface TreeManifest {
  /** In order of `path` by UTF-16 code units, each path once. */
  readonly files: readonly TreeFile[];
}

/** Puts files in the order of a manifest. */
export function treeManifest(files: readonly TreeFile[]): TreeManifest {
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** The SHA-256 (hex) of a manifest's canonical JSON: no white space, members in alphabetical order, files in order of path. */
export function manifestDigest(manifest: TreeManifest): string {
  const files = treeManifest(manifest.files).files.map(({ length, mode, path, sha256 }) => ({ length, mode, path, sha256 }));
  return createHash("sha256").update(JSON.stringify({ files })).digest("hex");
}

const readSize = 256 * 1024;

/**
 * Reads the whole tree at `directory` and refuses the first difference from the manifest: `tree-missing`, `tree-extra`, `tree-mode`, `tree-content`,
 * or `tree-link` for a symbolic link, a file with a second name (hard link) or anything else that is no plain file or directory.
 * Each file is judged and read through one descriptor, opened without following links. Nobody else may be able to write to the tree.
 */
export async function verifyTree(directory: string, manifest: TreeManifest): Promise<Refusal | undefined> {
  if (!(await isPlainDirectory(directory))) return differs("tree-missing", "a directory", directory);
  const expected = new Map(manifest.files.map((file) => [file.path, file]));
  const buffer = Buffer.allocUnsafe(readSize);
  const pending = [""];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      const path = below + entry.name;
      if (entry.isDirectory()) {
        pending.push(`${path}/`);
        continue;
      }
      if (!entry.isFile()) return differs("tree-link", "files and directories only", path);
      const file = expected.get(path);
      if (file === undefined) return differs("tree-extra", "only what the manifest lists", path);
      const refusal = await verifyFile(join(directory, path), file, buffer);
      if (refusal !== undefined) return refusal;
      expected.delete(path);
    }
  }
  const [missing] = expected.keys();
  return missing === undefined ? undefined : differs("tree-missing", "all that the manifest lists", `no ${missing}`);
}

async function verifyFile(absolute: string, { path, mode, length, sha256 }: TreeFile, buffer: Buffer): Promise<Refusal | undefined> {
  const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.nlink !== 1) return differs("tree-link", "a file with one name", path);
    const found = stat.mode & 0o7777;
    if (found !== mode) return differs("tree-mode", `mode 0${mode.toString(8)}`, `mode 0${found.toString(8)}, in ${path}`);
    if (stat.size !== length) return differs("tree-content", `${length} bytes`, `${stat.size} bytes, in ${path}`);
    const hash = createHash("sha256");
    for (let read = await file.read(buffer); read.bytesRead > 0; read = await file.read(buffer))
      hash.update(buffer.subarray(0, read.bytesRead));
    const digest = hash.digest("hex");
    return digest === sha256 ? undefined : differs("tree-content", `SHA-256 ${sha256}`, `${digest}, in ${path}`);
  } finally {
    await file.close();
  }
}

async function isPlainDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

function differs(code: string, expected: string, found: string): Refusal {
  return refuse(code, expected, found, "do not run this copy: install the release again").refusal;
}
