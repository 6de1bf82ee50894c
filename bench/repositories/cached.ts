// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where what takes long to make is kept from run to run, outside of the tree. `npm run bench -- clean` removes it. */
export const cacheDirectory: string = join(tmpdir(), "countersign-bench");

/** A directory of this name, made by `make` unless an earlier run did. It appears whole or not at all. */
export async function cached(name: string, make: (directory: string) => void | Promise<void>): Promise<string> {
  const directory = join(cacheDirectory, name);
  if (existsSync(directory)) return directory;
  const unfinished = join(cacheDirectory, `.${name}.${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  await make(unfinished);
  renameSync(unfinished, directory);
  return directory;
}

/** A directory for one run. */
export function scratch(name: string): string {
  const directory = join(cacheDirectory, `scratch-${process.pid}`, name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Removes what this run and interrupted ones have left. */
export function sweep(): void {
  if (!existsSync(cacheDirectory)) return;
  for (const name of readdirSync(cacheDirectory))
    if (name === `scratch-${process.pid}` || (name.startsWith(".") && name.endsWith(`.${process.pid}`)))
      rmSync(join(cacheDirectory, name), { recursive: true, force: true });
}
