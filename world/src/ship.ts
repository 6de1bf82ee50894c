// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKey } from "@countersign/custody/place";
import { declaresItsFiles } from "@countersign/release/declared-files";
import { governClient } from "@countersign/release/govern-client";
import { type ProposedRelease, proposeRelease, type ReleaseDraft } from "@countersign/release/propose";
import { type Packed, packDirectory } from "@countersign/repository/pack";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { attestIn, type Built } from "./attest-in-job.ts";
import { jobGrants, startJob } from "./ci-job.ts";
import type { PlannedBuilder } from "./plan.ts";
import { anchorFile, dutyDirectory, type Project, placeIn, type Running } from "./project.ts";

/** What is to be released: a directory, and what its statement says besides. */
export interface Shipment extends Pick<ReleaseDraft, "version" | "health" | "privileges" | "urgent" | "epochUp"> {
  readonly directory: string;
  readonly platform: string;
  /** The project's own, if not told. */
  readonly product?: string;
  /** The source commit that it was built from. */
  readonly commit: string;
  /** Called as each builder is done. */
  readonly onBuilt?: (built: Built, builder: PlannedBuilder) => void;
}

/**
 * What a pipeline does for a release: pack, build and attest in each builder's own process; then exchange the token of its job for a grant in the open
 * window, and propose under it.
 */
export async function ship(project: Project, running: Running, shipment: Shipment): Promise<Outcome<ProposedRelease>> {
  const { plan } = project;
  const work = await mkdtemp(join(tmpdir(), "countersign-build-"));
  try {
    const { directory, platform, commit, onBuilt, product = plan.product, ...draft } = shipment;
    const name = `${product}-${draft.version}-${platform}.tar.zst`;
    const declared = await declaresItsFiles(draft, directory);
    if (!declared.ok) return declared;
    const job = await startJob(project, running, commit);
    const builds: (Built & Pick<Packed, "unpacked" | "files">)[] = [];
    for (const builder of plan.builders) {
      const own = join(work, builder.holder);
      await mkdir(own);
      const packed = await packDirectory(directory, join(own, name));
      if (!packed.ok) return packed;
      const built = await attestIn(project, running, builder, { archive: join(own, name), commit, version: draft.version, work: own });
      if (!built.ok) return built;
      onBuilt?.(built.value, builder);
      builds.push({ ...built.value, unpacked: packed.value.unpacked, files: packed.value.files });
    }
    const agreed = sameBytes(builds);
    if (!agreed.ok) return agreed;
    const { provenance: _, ...artifact } = agreed.value;
    return await proposeRelease({
      store: running.distribute,
      anchor: await readFile(anchorFile(project)),
      now: Date.now(),
      govern: governClient(running.govern),
      key: await openKey(placeIn(dutyDirectory(project, plan.proposer.holder))),
      grants: jobGrants(plan, running, job, plan.proposer.holder),
      draft: {
        ...draft,
        product,
        channel: plan.channel,
        minimumSequence: 0,
        artifacts: [{ ...artifact, platform }],
        provenance: builds.map(({ provenance }) => provenance),
        rollout: { overSeconds: 0 },
      },
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What all of them built, which is one thing. Devices would refuse a release that its builders do not agree on; nobody need approve it first. */
function sameBytes<B extends Built>([first, ...others]: readonly B[]): Outcome<B> {
  if (first === undefined) throw new Error("a plan has a builder");
  const other = others.find(({ sha256 }) => sha256 !== first.sha256);
  if (other === undefined) return accept(first);
  return refuse(
    "builds-differ",
    `${first.sha256}, as built first`,
    other.sha256,
    "Find out which of the builders made what the source does not say.",
  );
}
