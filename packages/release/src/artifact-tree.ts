// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { defaultLimits } from "@countersign/trust/limits";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Artifact } from "@countersign/trust/release/statement";
import { entryChecks } from "@countersign/updater/archive-entry-checks";
import { download } from "@countersign/updater/download";
import { network } from "@countersign/updater/network";
import { streamChecks } from "@countersign/updater/stream-checks";
import type { TreeManifest } from "@countersign/updater/tree";
import { unpack } from "@countersign/updater/unpack";

/** An artifact, unpacked. */
export interface ArtifactTree {
  readonly directory: string;
  readonly manifest: TreeManifest;
}

/**
 * What devices would find in an artifact: its bytes are fetched by digest, hashed on the way, and unpacked with all the protections of a
 * device into `directory`, which is the caller's to remove. Refuses what a device would refuse.
 */
export async function artifactTree(
  store: string,
  { platform, sha256, length, unpacked, files }: Artifact,
  limits: DownloadLimits,
  directory: string,
): Promise<Outcome<ArtifactTree>> {
  const file = join(directory, `${platform}-${sha256}`);
  using way = network();
  const fetched = await download({ url: `${store}/artifacts/${sha256}`, file, length, hashes: { sha256 }, limits }, streamChecks, way);
  if (!fetched.ok) return fetched;
  const tree = `${file}.tree`;
  await mkdir(tree, { mode: 0o700 });
  const { pathLength, pathDepth: depth } = defaultLimits;
  const manifest = await unpack(file, tree, { unpackedBytes: unpacked, files, pathLength, depth }, entryChecks);
  return manifest.ok ? accept({ directory: tree, manifest: manifest.value }) : manifest;
}
