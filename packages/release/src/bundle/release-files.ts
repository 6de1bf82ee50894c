// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { decodeBytes } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { artifactFor } from "@countersign/trust/release/device-checks";
import { type Head, head } from "@countersign/trust/release/head";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import type { Read } from "@countersign/trust/workflow/step";
import type { Remote } from "@countersign/updater/remote";
import { type DownloadLimits, streamChecks } from "@countersign/updater/stream-checks";
import { carriedReleases } from "./carried-releases.ts";
import type { BundleProgress } from "./site.ts";

/** One artifact on this disk. */
export interface KeptArtifact {
  readonly sha256: string;
  readonly length: number;
  readonly file: string;
}

/** How files are had, and where artifacts go. */
export interface Fetching {
  readonly read: Read;
  readonly remote: Remote;
  readonly limits: DownloadLimits;
  readonly directory: string;
  readonly progress: BundleProgress;
}

/** The releases of one head that devices may come by, with provenance and bytes; the bytes are hashed as they come. */
export async function releaseFiles(
  headBytes: Uint8Array,
  { platform, offered }: { readonly platform: string; readonly offered: string | undefined },
  { read, remote, limits, directory, progress }: Fetching,
): Promise<Outcome<{ readonly artifacts: readonly KeptArtifact[]; readonly versions: readonly string[] }>> {
  const decoded = decodeBytes<Head>(head, headBytes, "head.json");
  if (!decoded.ok) return decoded;
  const releases = carriedReleases(decoded.value, offered).filter(({ body }) => artifactFor(body, platform) !== undefined);
  const artifacts: KeptArtifact[] = [];
  await mkdir(directory, { recursive: true });
  for (const { body } of releases) {
    const provenance = await readAttestations(read, body.provenance);
    if (!provenance.ok) return provenance;
    const { sha256 = "", length = 0 } = artifactFor(body, platform) ?? {};
    const file = join(directory, sha256);
    const step = `${body.product} ${body.version} for ${platform}`;
    const request = {
      file,
      length,
      hashes: { sha256 },
      limits,
      progress: (done: number, total: number) => progress({ step, done, total }),
    };
    const fetched = await remote.download(`artifacts/${sha256}`, request, streamChecks);
    if (!fetched.ok) return fetched;
    artifacts.push({ sha256, length, file });
  }
  return accept({ artifacts, versions: releases.map(({ body }) => body.version) });
}
