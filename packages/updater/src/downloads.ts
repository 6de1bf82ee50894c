// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory, removeTree } from "./durable.ts";

/**
 * Where an artifact is downloaded to, by its digest, so that an interrupted download is found again. What is left there of any other artifact is
 * removed: a device follows releases for years, and not all of them to their end.
 */
export async function downloadFile(device: string, sha256: string): Promise<string> {
  const directory = join(device, "downloads");
  await makeDirectory(directory);
  for (const name of await readdir(directory)) if (!name.startsWith(sha256)) await removeTree(join(directory, name));
  return join(directory, sha256);
}
