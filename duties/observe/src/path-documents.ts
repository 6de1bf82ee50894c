// SPDX-License-Identifier: Apache-2.0
import { differencesOf } from "@countersign/repository/diff/difference";
import { type Growth, growthsOf } from "@countersign/repository/diff/growth";
import type { RepositoryView } from "@countersign/repository/view";
import type { Json } from "@countersign/trust/canonical";

/** What says who may do what on the path, as it was last seen. */
export interface PathDocuments {
  /** What was signed, in canonical form. */
  readonly root: string;
  readonly targets: string;
  readonly policy: Json;
}

export function pathDocumentsOf({ root, targets, policy }: RepositoryView): PathDocuments {
  return {
    root: Buffer.from(root.message).toString(),
    targets: Buffer.from(targets.message).toString(),
    policy: JSON.parse(JSON.stringify(policy)), // without the members that are undefined, as it was signed
  };
}

/** What somebody can do now and could not before. */
export function growthBetween(before: PathDocuments, now: PathDocuments): readonly Growth[] {
  if (before.root === now.root && before.targets === now.targets) return []; // targets name the policy by its digest
  const beside = { before: { policy: before.policy }, after: { policy: now.policy } };
  return growthsOf([
    ...differencesOf(Buffer.from(before.root), Buffer.from(now.root)),
    ...differencesOf(Buffer.from(before.targets), Buffer.from(now.targets), beside),
  ]);
}
