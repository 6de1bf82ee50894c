// SPDX-License-Identifier: Apache-2.0
import { cp, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Project, storeDirectory } from "./project.ts";

/**
 * Copies a store that goes on changing. The timestamp is read first: all that it names is there already, and is never changed. Files that are just
 * being written have names that begin with a dot, or end in `.tmp` where the ledger writes them, and are left out.
 */
export async function copyStore(project: Pick<Project, "directory">, to: string): Promise<void> {
  const live = storeDirectory(project);
  const timestamp = await readFile(join(live, "metadata", "timestamp.json"));
  await cp(live, to, { recursive: true, filter: (path) => !/^\.|\.tmp$/.test(basename(path)) });
  await writeFile(join(to, "metadata", "timestamp.json"), timestamp);
}
