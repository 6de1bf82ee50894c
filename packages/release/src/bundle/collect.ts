// SPDX-License-Identifier: Apache-2.0
import { claimedCheckpoint, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import { documentSeconds } from "@countersign/updater/attempt";
import { lastReadingGate, revocationsGateNumber } from "@countersign/updater/gates";
import { Mirrors } from "@countersign/updater/mirrors";
import { network } from "@countersign/updater/network";
import { Remote } from "@countersign/updater/remote";
import { openTrustStore } from "@countersign/updater/trust-store";
import type { KeptArtifact } from "./keep-artifact.ts";
import { ledgerFiles } from "./ledger-files.ts";
import { recording } from "./recording.ts";
import { releaseFiles } from "./release-files.ts";
import { lookAs } from "./scratch-device.ts";
import type { BundleOptions, Carries, Site } from "./site.ts";

/** What a bundle is made of. */
export interface Collected {
  /** By path, as in a repository. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly artifacts: readonly KeptArtifact[];
  /** The versions that devices can come by, of all platforms. */
  readonly versions: readonly string[];
}

/** Devices pass over such an order and keep no head in which one stands; a site would be left with it for as long as it has the bundle. */
const orderElsewhere = refuse(
  "ledger-inconsistent",
  "a head whose orders are in the ledger that is shown",
  "an order that is proven in another one",
  "Somebody is shown another ledger. Tell the publisher, use another mirror; a device that looks keeps both checkpoints: countersign device check",
);

/**
 * Brings together what devices of a site will read: it looks as each of them would, keeps every document that the gates asked for, and adds what a device asks for
 * that has been on its way for longer: the releases to step over, and the tree of the ledger.
 * What is refused to a new device is refused here. Artifacts go to `directory`, and a later run goes on from there.
 */
export async function collect(site: Site, carries: Carries, directory: string, options: BundleOptions): Promise<Outcome<Collected>> {
  const { clock, progress = () => undefined } = options;
  const bases = [site.url, ...(site.mirrors ?? [])];
  using recorded = recording(bases, options.network ?? network());
  using remote = new Remote(new Mirrors(bases, clock), recorded);
  const artifacts = new Map<string, KeptArtifact>();
  const versions = new Set<string>();
  const [first] = site.platforms;
  for (const platform of carries === "release" ? site.platforms : [first]) {
    progress({ step: `looking as a device on ${platform} would` });
    const last = carries === "release" ? lastReadingGate : revocationsGateNumber;
    const looked = await lookAs(site, platform, last, { ...(clock && { clock }), network: recorded });
    if (!looked.ok) return looked;
    await using device = looked.value;
    const { refusal, offered } = device.report;
    if (refusal !== undefined) return { ok: false, refusal };
    recorded.hold();
    if (carries === "revocations") break;

    const store = await openTrustStore(device.directory);
    if (!store.ok) return store;
    const { root, timestamp, policy, head } = store.value.documents;
    if (timestamp === undefined || policy === undefined) throw new Error("passed the gates and kept no documents");
    if (head === undefined) return orderElsewhere;
    const seconds = documentSeconds(policy.policy);
    const read: Read = (path, maxBytes) => remote.read(path, maxBytes, seconds);
    const fetching = { read, remote, limits: policy.policy.download, directory, progress };
    const released = await releaseFiles(head.bytes, { platform, offered: offered?.release }, fetching);
    if (!released.ok) return released;
    for (const artifact of released.value.artifacts) artifacts.set(artifact.sha256, artifact);
    for (const version of released.value.versions) versions.add(version);

    const ledger = ledgerTrust(root.signed);
    const newest = claimedCheckpoint(timestamp.signed.countersign.checkpoint, ledger);
    if (!newest.ok) return newest;
    const tree = await ledgerFiles(newest.value, ledger, read, progress);
    if (!tree.ok) return tree;
    recorded.hold();
  }
  return accept({ documents: recorded.files, artifacts: [...artifacts.values()], versions: [...versions] });
}
