// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "@countersign/trust/check";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import { accept } from "@countersign/trust/refusal";
import { artifactFor } from "@countersign/trust/release/device-checks";
import type { Statement } from "@countersign/trust/release/statement";
import { type Step, stopped } from "@countersign/trust/workflow/step";
import { manifestDigest, type TreeFile, type TreeManifest } from "@countersign/updater/tree";
import { artifactTree } from "./artifact-tree.ts";

/** One file of a release that is not as it was in the release before. `mode`: the same bytes under another mode. */
export interface FileChange {
  readonly kind: "added" | "removed" | "changed" | "mode";
  readonly platform: string;
  readonly path: string;
  readonly before?: TreeFile;
  readonly after?: TreeFile;
}

/** What differs between two trees, in order of path. */
export function fileChanges(platform: string, before: TreeManifest, after: TreeManifest): readonly FileChange[] {
  const old = new Map(before.files.map((file) => [file.path, file]));
  const now = new Map(after.files.map((file) => [file.path, file]));
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    const kind = kindOf(was, is);
    return kind === undefined ? [] : [{ kind, platform, path, ...(was && { before: was }), ...(is && { after: is }) }];
  });
}

function kindOf(before: TreeFile | undefined, after: TreeFile | undefined): FileChange["kind"] | undefined {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  if (before.sha256 !== after.sha256) return "changed";
  return before.mode === after.mode ? undefined : "mode";
}

export interface Bytes {
  readonly store: string;
  readonly limits: DownloadLimits;
  /** Where there is room for the trees; the caller removes it. */
  readonly directory: string;
}

/** Fetches and unpacks both releases, platform by platform, and compares what is in them. A tree that is gone counts as empty. */
export async function releaseFileChanges(
  before: Statement | undefined,
  after: Statement,
  { store, limits, directory }: Bytes,
): Promise<Step<readonly FileChange[]>> {
  const verdicts: Verdict[] = [];
  const changes: FileChange[] = [];
  for (const artifact of after.artifacts) {
    const tree = await artifactTree(store, artifact, limits, directory);
    if (!tree.ok) return stopped(tree.refusal, verdicts);
    verdicts.push({
      check: "review/bytes",
      source: "artifacts by digest, unpacked as on a device",
      expected: `${artifact.platform}: sha256 ${artifact.sha256.slice(0, 12)}`,
      found: `files: ${tree.value.files.length}, tree ${manifestDigest(tree.value).slice(0, 12)}`,
    });
    const old = before && artifactFor(before, artifact.platform);
    const oldTree =
      old === undefined ? accept(nothing) : old.sha256 === artifact.sha256 ? tree : await artifactTree(store, old, limits, directory);
    if (!oldTree.ok) return stopped(oldTree.refusal, verdicts);
    changes.push(...fileChanges(artifact.platform, oldTree.value, tree.value));
  }
  return { verdicts, outcome: accept(changes) };
}

const nothing: TreeManifest = { files: [] };
