// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { artifactFor } from "@countersign/trust/release/device-checks";
import { type Head, head } from "@countersign/trust/release/head";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import type { Read } from "@countersign/trust/workflow/step";
import type { Remote } from "@countersign/updater/remote";
import type { DownloadLimits } from "@countersign/updater/stream-checks";
import { carriedReleases } from "./carried-releases.ts";
import { type KeptArtifact, keepArtifact } from "./keep-artifact.ts";
import type { BundleProgress } from "./site.ts";

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
  const artifacts: KeptArtifact[] = [];
  const versions: string[] = [];
  for (const { body } of carriedReleases(decoded.value, offered)) {
    const artifact = artifactFor(body, platform);
    if (artifact === undefined) continue;
    const provenance = await readAttestations(read, body.provenance);
    if (!provenance.ok) return provenance;
    const step = `${body.product} ${body.version} for ${platform}`;
    const how = { limits, progress: (done: number, total: number) => progress({ step, done, total }) };
    const kept = await keepArtifact(remote, directory, artifact, how);
    if (!kept.ok) return kept;
    artifacts.push(kept.value);
    versions.push(body.version);
  }
  return accept({ artifacts, versions });
}
