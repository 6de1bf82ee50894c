// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Artifact } from "@countersign/trust/release/statement";
import { isErrno } from "@countersign/updater/errno";
import type { Remote } from "@countersign/updater/remote";
import { type DownloadRequest, streamChecks } from "@countersign/updater/stream-checks";

/** One artifact on this disk. */
export interface KeptArtifact {
  readonly sha256: string;
  readonly length: number;
  readonly file: string;
}

/** Has an artifact in a directory, hashed. What an earlier run had of it, in part or whole, is read and not fetched again. */
export async function keepArtifact(
  remote: Remote,
  directory: string,
  { sha256, length }: Pick<Artifact, "sha256" | "length">,
  how: Pick<DownloadRequest, "limits" | "progress">,
): Promise<Outcome<KeptArtifact>> {
  const file = join(directory, sha256);
  await mkdir(directory, { recursive: true });
  await rename(file, `${file}.part`).catch(absent); // a download begins with reading what is there
  const fetched = await remote.download(`artifacts/${sha256}`, { file, length, hashes: { sha256 }, ...how }, streamChecks);
  return fetched.ok ? accept({ sha256, length, file }) : fetched;
}

function absent(error: unknown): void {
  if (!isErrno(error, "ENOENT")) throw error;
}
