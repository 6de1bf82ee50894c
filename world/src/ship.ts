// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { openKey } from "@countersign/custody/place";
import { governClient } from "@countersign/release/govern-client";
import { type ProposedRelease, proposeRelease, type ReleaseDraft } from "@countersign/release/propose";
import { packDirectory } from "@countersign/repository/pack";
import type { Digest } from "@countersign/trust/digest";
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import { agreedBuild } from "./plan.ts";
import { anchorFile, dutyDirectory, keyIn, type Project, type Running, storeDirectory } from "./project.ts";

/** What is to be released: a directory, and what its statement says besides. */
export interface Shipment extends Pick<ReleaseDraft, "version" | "health" | "privileges" | "urgent" | "epochUp"> {
  readonly directory: string;
  readonly platform: string;
  /** The source commit that it was built from. */
  readonly commit: string;
  readonly onBuilt?: (built: Built) => void;
}

/** An artifact in the store, with its provenance in the ledger. */
export interface Built {
  readonly name: string;
  readonly length: number;
  readonly sha256: Digest;
  readonly provenance: Digest;
}

/** What a pipeline does for a release: pack, build and attest in the builder's own process, propose with the pipeline's key. */
export async function ship(project: Project, running: Running, shipment: Shipment): Promise<Outcome<ProposedRelease>> {
  const { plan } = project;
  const work = await mkdtemp(join(tmpdir(), "countersign-build-"));
  try {
    const { directory, platform, commit, onBuilt, ...draft } = shipment;
    const archive = join(work, `${plan.product}-${draft.version}-${platform}.tar.zst`);
    const packed = await packDirectory(directory, archive);
    if (!packed.ok) return packed;
    const built = await attest(project, running, archive, commit, work);
    if (!built.ok) return built;
    onBuilt?.(built.value);
    const { provenance, ...artifact } = built.value;
    return await proposeRelease({
      store: running.distribute,
      anchor: await readFile(anchorFile(project)),
      now: Date.now(),
      govern: governClient(running.govern),
      key: await openKey(keyIn(dutyDirectory(project, plan.proposer.holder))),
      draft: {
        ...draft,
        product: plan.product,
        channel: plan.channel,
        minimumSequence: 0,
        artifacts: [{ ...artifact, platform, unpacked: packed.value.unpacked, files: packed.value.files }],
        provenance: [provenance],
        rollout: { overSeconds: 0 },
      },
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Runs the build duty once, as a process of its own: it alone opens the builder's key. */
async function attest(project: Project, running: Running, archive: string, commit: string, work: string): Promise<Outcome<Built>> {
  const { plan } = project;
  const config = {
    ...agreedBuild(plan),
    artifacts: [archive],
    store: storeDirectory(project),
    ledger: running.ledger,
    key: keyIn(dutyDirectory(project, plan.builder.holder)),
    commit,
  };
  const configFile = join(work, "build.json");
  await writeFile(configFile, JSON.stringify(config));
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve("@countersign/build/main")), configFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === "") return { ok: false, refusal: refusalIn(complaints) };
  const { artifacts, provenance } = JSON.parse(out) as { artifacts: readonly Omit<Built, "provenance">[]; provenance: Digest };
  const [artifact] = artifacts;
  if (artifact === undefined) throw new Error("the build duty delivered nothing");
  return { ok: true, value: { ...artifact, provenance } };
}

function refusalIn(complaints: string): Refusal {
  try {
    return (JSON.parse(complaints) as { refusal: Refusal }).refusal;
  } catch {
    throw new Error(`the build duty failed: ${complaints}`);
  }
}
