// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Files } from "../incident.ts";

/** Writes the files of a synthetic release into a directory, with the program beside them that devices ask whether it is well. */
export async function writeTree(directory: string, product: string, files: Files): Promise<string> {
  const health = { bytes: Buffer.from("#!/bin/sh\necho well\n"), mode: 0o755 };
  for (const [path, file] of Object.entries({ ...files, [`bin/${product}`]: health })) {
    const { bytes, mode } =
      typeof file === "string" || file instanceof Uint8Array
        ? { bytes: Buffer.from(file), mode: 0o644 }
        : { bytes: file.bytes, mode: file.mode };
    const at = join(directory, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, bytes, { mode });
  }
  return directory;
}
