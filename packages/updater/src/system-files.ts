// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ObservedFile } from "@countersign/trust/release/observed-privileges";
import { systemFile } from "@countersign/trust/release/system-file";

/** Those files of a tree that the system runs or obeys by itself, for certain: by their place, or by name and first bytes. What is only called like one is not said. */
export async function systemFilesIn(directory: string, paths: readonly string[]): Promise<readonly ObservedFile[]> {
  const found: ObservedFile[] = [];
  for (const path of paths) {
    const file = systemFile(path);
    if (file?.certainWith === undefined) continue;
    const { role, privilege, certainWith } = file;
    const head = await firstBytes(join(directory, path), certainWith.length / 2);
    if (head.toString("hex") === certainWith) found.push({ path, role, privilege });
  }
  return found;
}

async function firstBytes(file: string, count: number): Promise<Buffer> {
  await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}
