// SPDX-License-Identifier: Apache-2.0
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Contents, contentsOf } from "@countersign/drift/contents";
import { MAX_LOOKED, type ReleaseFile } from "@countersign/drift/facts/file-facts";
import type { ArtifactTree } from "./artifact-tree.ts";

/** Looks into every file of an unpacked artifact, one at a time. */
export function treeContents(tree: ArtifactTree): Promise<Contents> {
  return contentsOf(filesOf(tree));
}

async function* filesOf({ directory, manifest }: ArtifactTree): AsyncGenerator<ReleaseFile> {
  for (const { path, mode, length, sha256 } of manifest.files) {
    await using file = await open(join(directory, path));
    const bytes = Buffer.allocUnsafe(Math.min(length, MAX_LOOKED));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    yield { path, type: "file", mode, bytes: bytes.subarray(0, bytesRead), whole: { size: length, sha256 } };
  }
}
