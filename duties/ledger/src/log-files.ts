// SPDX-License-Identifier: Apache-2.0
import { access, mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { LogFile } from "@countersign/tlog/append";

/**
 * The files of the log, below `<store>/log/`. Everybody may read them; nothing in them is trusted.
 *
 * A write is a temporary file, fsync, rename, fsync of the directory: after a crash a file is there whole or not at all.
 */
export interface LogFiles {
  /** The bytes of a file, or undefined where there is none. Paths are ours (`tile/...`, `checkpoint`), never a stranger's. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Whether the file is there. */
  has(path: string): Promise<boolean>;
  /** Whether no log was ever written here. */
  isEmpty(): Promise<boolean>;
  /** All of them durable when it returns. A crash leaves some of them, each whole: whoever must not see one without the others writes it later. */
  write(files: readonly LogFile[]): Promise<void>;
}

export function logFiles(store: string): LogFiles {
  const prefix = resolve(store, "log");
  return {
    read: async (path) => {
      const bytes = await ifThere(readFile(join(prefix, path)));
      return bytes && new Uint8Array(bytes);
    },
    has: async (path) => (await ifThere(access(join(prefix, path)).then(() => true))) ?? false,
    isEmpty: async () => ((await ifThere(readdir(prefix))) ?? []).length === 0,
    write: async (written) => {
      const files = written.map(({ path, bytes }) => ({ file: join(prefix, path), bytes }));
      const directories = new Set(files.map(({ file }) => dirname(file)));
      for (const directory of directories) await makeDirectory(directory);
      await each(files, async ({ file, bytes }) => {
        const temporary = `${file}.tmp`; // one process writes the log, so one name is enough, and a crash leaves one at most
        await using handle = await open(temporary, "w", 0o644);
        await handle.writeFile(bytes);
        await handle.sync();
        await rename(temporary, file);
      });
      await each([...directories], syncDirectory);
    },
  };
}

/** At once, so that the disk may sync them together. It returns when all have ended, and throws what the first that failed threw. */
async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const failed = (await Promise.allSettled(items.map(act))).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}
