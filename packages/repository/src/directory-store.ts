// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Store, StoreError, safePath } from "./store.ts";

export interface DirectoryStoreOptions {
  /** What this duty may write: paths that start with one of these. Everything, if not given. */
  readonly prefixes?: readonly string[];
  /** True for paths that never change once written: writing other bytes throws `StoreError` "path-immutable", the same bytes is done already. */
  readonly immutable?: (path: string) => boolean;
}

/**
 * A store in a directory, which need not exist yet. Every write is: a temporary file beside, fsync, rename, fsync of the
 * directory. Nothing is ever changed in place, so names may share bytes (`link`) and readers never see half a file.
 * Whoever else can write the directory is not defended against: give each duty its own user, or its own directory.
 */
export function directoryStore(root: string, options: DirectoryStoreOptions = {}): Store {
  const { prefixes, immutable = () => false } = options;

  const writable = (path: string): string => {
    const safe = safePath(path);
    if (prefixes === undefined || prefixes.some((prefix) => safe.startsWith(prefix))) return safe;
    throw new StoreError("path-out-of-scope", `${path} is outside of what may be written here: ${prefixes.join(", ")}`);
  };

  const put = async (path: string, fill: (temporary: string) => Promise<void>): Promise<void> => {
    const target = join(root, writable(path));
    await makeDirectory(dirname(target));
    const temporary = join(dirname(target), `.${randomBytes(12).toString("hex")}.tmp`);
    try {
      await fill(temporary);
      if (!immutable(path)) await rename(temporary, target);
      else if (!(await linkNew(temporary, target)) && !(await sameBytes(temporary, target))) {
        throw new StoreError("path-immutable", `${path} exists with other bytes`);
      }
    } finally {
      // also where rename succeeded: between two names of one file it is a no-op that keeps both
      await rm(temporary, { force: true });
    }
    await syncDirectory(dirname(target));
  };

  return {
    read: async (path, maxBytes) => readBounded(join(root, safePath(path)), maxBytes),
    write: (path, bytes) => put(path, (temporary) => writeSynced(temporary, bytes)),
    writeFile: (path, sourceFile) => put(path, (temporary) => copySynced(sourceFile, temporary)),
    digest: async (path) => await digestIfThere(join(root, safePath(path))),
    link: (from, to) => put(to, (temporary) => linkFrom(join(root, safePath(from)), temporary)),
    list: async (prefix) => {
      const directory = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      if (directory !== "") safePath(directory.slice(0, -1));
      const paths: string[] = [];
      for await (const path of walk(root, directory)) if (path.startsWith(prefix)) paths.push(path);
      return paths.sort();
    },
  };
}

async function readBounded(file: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
  try {
    await using handle = await open(file, "r");
    const stat = await handle.stat();
    if (!stat.isFile()) return undefined;
    if (stat.size > maxBytes) throw new StoreError("too-long", `${file} has ${stat.size} bytes, at most ${maxBytes} were wanted`);
    return await handle.readFile();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, "wx", 0o644);
  await handle.writeFile(bytes);
  await handle.sync();
}

async function copySynced(source: string, file: string): Promise<void> {
  await copyFile(source, file);
  await using handle = await open(file, "r+");
  await handle.chmod(0o644);
  await handle.sync();
}

async function linkFrom(source: string, file: string): Promise<void> {
  try {
    await link(source, file);
  } catch (error) {
    if (hasCode(error, "ENOENT")) throw new StoreError("path-missing", `nothing at ${source} to link to`);
    throw error;
  }
}

async function linkNew(source: string, file: string): Promise<boolean> {
  try {
    await link(source, file);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  return (await digestOf(left)) === (await digestOf(right));
}

async function digestIfThere(file: string): Promise<string | undefined> {
  try {
    return await digestOf(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR")) return undefined;
    throw error;
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Makes a directory that is still there after a crash: each new one is fsynced into its parent. */
async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  for (let made = directory; first !== undefined && made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}

async function* walk(root: string, directory: string): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(root, directory))) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) yield* walk(root, `${directory}${entry.name}/`);
    else if (entry.isFile()) yield directory + entry.name;
  }
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
