// SPDX-License-Identifier: Apache-2.0
import type { TreeFile, TreeManifest } from "@countersign/updater/tree";

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
