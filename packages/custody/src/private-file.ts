// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { accept, type Outcome, refuse } from "./outcome.ts";

const MAX_BYTES = 16 * 1024;

/**
 * Reads a small text file that only its owner may read.
 *
 * Refuses one that is missing, longer than 16 KiB, not a regular file, or readable by group or others.
 */
export async function readPrivate(path: string): Promise<Outcome<string>> {
  try {
    await using file = await open(path, "r");
    const stat = await file.stat();
    if (!stat.isFile()) return refuse("not-a-file", "a regular file", path, "Name the file itself.");
    const mode = stat.mode & 0o777;
    if ((mode & 0o077) !== 0) {
      return refuse("file-too-open", "mode 0600", `${path} with mode 0${mode.toString(8)}`, `Run: chmod 600 ${path}`);
    }
    if (stat.size > MAX_BYTES)
      return refuse("file-too-long", `at most ${MAX_BYTES} bytes`, `${path} with ${stat.size}`, "Name the right file.");
    return accept(await file.readFile("utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    return refuse("file-missing", "a file", `nothing at ${path}`, "Check the path.");
  }
}

/**
 * Writes a new file of mode 0600 so that after a crash it is there whole or not at all: temporary file, fsync, link,
 * unlink, fsync of the directory. False, and nothing changed, where the name is taken: link never replaces.
 */
export async function createPrivate(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    await using file = await open(temporary, "wx", 0o600);
    await file.writeFile(text);
    await file.sync();
    await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    return false;
  } finally {
    await rm(temporary, { force: true });
  }
  await using directory = await open(dirname(path), "r");
  await directory.sync();
  return true;
}
