// SPDX-License-Identifier: Apache-2.0
import { type Assessment, sightingsOf, weigh } from "@countersign/drift/assessment";
import { bumpOf } from "@countersign/drift/bump";
import type { Contents } from "@countersign/drift/contents";
import { detectors } from "@countersign/drift/detectors";
import { addedDependencies } from "@countersign/drift/detectors/dependency";
import { measuredRates } from "@countersign/drift/measured-rates";
import type { Circumstances, Snapshot } from "@countersign/drift/pair";
import type { Rates } from "@countersign/drift/rates";
import type { Verdict } from "@countersign/trust/check";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import { accept } from "@countersign/trust/refusal";
import { artifactFor } from "@countersign/trust/release/device-checks";
import type { Artifact, Statement } from "@countersign/trust/release/statement";
import { type Step, stopped } from "@countersign/trust/workflow/step";
import { manifestDigest, type TreeManifest } from "@countersign/updater/tree";
import { type ArtifactTree, artifactTree } from "./artifact-tree.ts";
import { dependencyAges } from "./dependency-ages.ts";
import { type FileChange, fileChanges } from "./file-changes.ts";
import { treeContents } from "./tree-contents.ts";

export interface Bytes {
  readonly store: string;
  readonly limits: DownloadLimits;
  /** Where there is room for the trees; the caller removes it. */
  readonly directory: string;
}

/** What is known of both releases besides their bytes. */
export type PairCircumstances = Readonly<Record<"before" | "after", Circumstances>>;

/** By what it is judged how unusual a release is. */
export interface Measure {
  readonly rates: Rates;
  /** URL of an npm registry, which is asked how old new dependencies were at the time of the release, which must be known then. Without one nobody is, and nothing is said of it. */
  readonly registry?: string | undefined;
}

/** How unusual a release is for one platform, in bits. */
export interface PlatformDrift extends Assessment {
  readonly platform: string;
  /** New dependencies of which the registry did not say how old they are, and why. */
  readonly unaged: readonly string[];
}

type Contrast = Readonly<Record<"before" | "after", Contents>>;

/** What a release changes against the one before it, by the bytes of both. */
export interface Comparison {
  readonly files: readonly FileChange[];
  /** One for each platform that the release before had, too: with nothing to compare, nothing is unusual. */
  readonly drift: readonly PlatformDrift[];
}

/** Fetches and unpacks both releases, platform by platform, and compares what is in them. A tree that is gone counts as empty. */
export async function compareReleases(
  before: Statement | undefined,
  after: Statement,
  bytes: Bytes,
  { rates, registry }: Measure = { rates: measuredRates },
  circumstances: PairCircumstances = { before: {}, after: {} },
): Promise<Step<Comparison>> {
  const ages = registry === undefined ? unasked : dependencyAges(registry, timeOf(circumstances));
  const verdicts: Verdict[] = [];
  const files: FileChange[] = [];
  const drift: PlatformDrift[] = [];
  for (const artifact of after.artifacts) {
    const { platform } = artifact;
    const tree = await fetched(artifact, bytes);
    if (!tree.ok) return stopped(tree.refusal, verdicts);
    verdicts.push(seen(artifact, tree.value.manifest));
    const old = before && artifactFor(before, platform);
    const oldTree = old === undefined ? undefined : old.sha256 === artifact.sha256 ? tree : await fetched(old, bytes);
    if (oldTree?.ok === false) return stopped(oldTree.refusal, verdicts);
    files.push(...fileChanges(platform, oldTree?.value.manifest ?? nothing, tree.value.manifest));
    if (before === undefined || oldTree === undefined) continue;
    const contents = { before: await treeContents(oldTree.value), after: await treeContents(tree.value) };
    const { hours, unknown: unaged } = await ages(addedDependencies(contents.before.manifest, contents.after.manifest));
    const known = { ...circumstances, after: { ...circumstances.after, dependencyAges: hours } };
    drift.push({ platform, ...driftOf(before, after, contents, known, rates), unaged });
  }
  return { verdicts, outcome: accept({ files, drift }) };
}

const unasked: ReturnType<typeof dependencyAges> = async () => ({ hours: {}, unknown: [] });

function timeOf({ after: { time } }: PairCircumstances): number {
  if (time === undefined) throw new Error("how old something is takes a time to be asked for");
  return time;
}

const nothing: TreeManifest = { files: [] };

function fetched(artifact: Artifact, { store, limits, directory }: Bytes): ReturnType<typeof artifactTree> {
  return artifactTree(store, artifact, limits, directory);
}

function seen({ platform, sha256 }: Artifact, manifest: ArtifactTree["manifest"]): Verdict {
  return {
    check: "review/bytes",
    source: "artifacts by digest, unpacked as on a device",
    expected: `${platform}: sha256 ${sha256.slice(0, 12)}`,
    found: `files: ${manifest.files.length}, tree ${manifestDigest(manifest).slice(0, 12)}`,
  };
}

/** Declared is what the statement says, so that whoever approves sees what it leaves out; and so is how many builders vouch for it. */
export function driftOf(before: Statement, after: Statement, contents: Contrast, known: PairCircumstances, rates: Rates): Assessment {
  const bump = bumpOf(before.version, after.version);
  const pair = {
    before: { ...known.before, ...saidBy(before), contents: contents.before },
    after: { ...known.after, ...saidBy(after), contents: contents.after },
    bump,
  };
  return weigh(sightingsOf(pair, detectors), bump, rates);
}

function saidBy({ version, privileges, provenance }: Statement): Pick<Snapshot, "version" | "declared" | "origin"> {
  const origin = provenance.length > 1 ? "countersigned" : provenance.length === 1 ? "attested" : "none";
  return { version, declared: privileges, origin };
}
