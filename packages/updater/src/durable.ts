// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, mkdir, open, readdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** What every unfinished file or directory of this module is called, so that `sweepTemporary` can tell it from anything else. */
const temporaryPrefix = ".unfinished-";

function temporaryBeside(path: string): string {
  return join(dirname(path), temporaryPrefix + randomUUID());
}

/**
 * Replaces the file at `path` in one step: after a crash between any two system calls it holds the old bytes or the new ones.
 * The sequence: create a temporary file beside it (O_EXCL, unpredictable name), write, fsync, rename over `path`, fsync the directory.
 * The bytes are on disk when this returns, as far as the disk tells the truth.
 */
export async function writeDurably(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const temporary = temporaryBeside(path);
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
  try {
    try {
      await file.chmod(mode); // the mode given to open is cut by the umask
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Replaces the symbolic link at `path` by one to `target`, in one step: a reader sees the old target or the new one, never none. */
export async function linkDurably(target: string, path: string): Promise<void> {
  const temporary = temporaryBeside(path);
  await symlink(target, temporary);
  try {
    await renameDurably(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Renames within one file system and makes the new name durable. What is inside must have been synced before. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from));
}

/** Makes a directory and its missing parents, durably. One that exists is left as it is, its mode too. */
export async function makeDirectory(path: string, mode = 0o700): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first === undefined) return;
  for (let made = resolve(path); made !== dirname(resolve(first)); made = dirname(made)) {
    await chmod(made, mode);
    await syncDirectory(dirname(made));
  }
}

/** Makes an empty directory (0700) with an unpredictable name in `parent`, and returns its path. `sweepTemporary` removes it when left behind. */
export async function makeTemporaryDirectory(parent: string): Promise<string> {
  const path = join(parent, temporaryPrefix + randomUUID());
  await mkdir(path, { mode: 0o700 });
  return path;
}

/** Makes the names in a directory durable: creations, renames and removals before this call survive a power cut after it. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes a file, a link (never what it points to) or a whole tree, durably. Removing what is not there is no error. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await syncDirectory(dirname(path));
}

/** Removes what interrupted writes left in `directory`. Hold the lock that guards the directory: a write under way looks just the same. */
export async function sweepTemporary(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter((name) => name.startsWith(temporaryPrefix));
  for (const name of left) await rm(join(directory, name), { recursive: true, force: true });
  if (left.length > 0) await syncDirectory(directory);
}
