// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

export interface StoreFile extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly size: number;
  /** Strong: a store replaces files and never changes one in place, so these bytes are these for ever. */
  readonly etag: string;
}

/** A store replaces its files while they are served, and a busy machine lets one be replaced between any two of our calls: many tries, but not for ever. */
const ATTEMPTS = 1000;

/**
 * Opens a regular file below `root`; undefined where there is none, or where a symbolic link leads out of `root`.
 * The check is made on the file that was opened: swapping a link meanwhile gains nothing. A file that was replaced meanwhile is
 * opened again, for it is there.
 */
export async function openStoreFile(root: string, path: string): Promise<StoreFile | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const opened = await openOnce(root, path);
    if (opened !== "replaced") return opened;
  }
  return undefined;
}

async function openOnce(root: string, path: string): Promise<StoreFile | "replaced" | undefined> {
  const handle = await openExisting(join(root, path));
  if (handle === undefined) return undefined;
  try {
    const opened = await handle.stat({ bigint: true });
    const real = await realpath(join(root, path));
    const seen = await stat(real, { bigint: true });
    const within = real.startsWith((await realpath(root)) + sep) && opened.isFile();
    const same = seen.dev === opened.dev && seen.ino === opened.ino;
    if (within && !same) {
      await handle.close();
      return "replaced";
    }
    if (within) {
      const etag = `"${[opened.ino, opened.size, opened.mtimeNs].map((part) => part.toString(36)).join("-")}"`;
      return { handle, size: Number(opened.size), etag, [Symbol.asyncDispose]: () => handle.close() };
    }
  } catch (error) {
    await handle.close();
    if (isAbsent(error)) return undefined;
    throw error;
  }
  await handle.close();
  return undefined;
}

// Not blocking, or a named pipe in the store would hold the request for ever.
async function openExisting(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ENXIO"].includes(String(error.code));
}
