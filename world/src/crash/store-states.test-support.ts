// SPDX-License-Identifier: Apache-2.0
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { honestStates } from "@countersign/trust/founding.test-support";
import { documentsOf } from "@countersign/updater/documents.test-support";
import { type Memory, newborn } from "@countersign/updater/memory";
import type { Documents } from "@countersign/updater/stored-documents";

export interface StoreState {
  readonly documents: Documents;
  readonly memory: Memory;
}

/** The same in every process: a trust store before and after a release, with a new root, a new policy and higher floors. */
export async function storeStates(): Promise<{ readonly root: Uint8Array; readonly before: StoreState; readonly after: StoreState }> {
  const [early, late] = await honestStates();
  const documents = documentsOf(late);
  if (documents.policy === undefined) throw new Error("the honest states have a policy");
  const policy = { ...documents.policy.policy, version: 2 };
  const bytes = servedBytes(policy);
  return {
    root: early.get("metadata/1.root.json") ?? Buffer.of(),
    before: { documents: documentsOf(early, 1), memory: { ...newborn, time: 1, epochFloor: 1 } },
    after: {
      documents: { ...documents, policy: { policy, bytes, digest: sha256(bytes) } },
      memory: { ...newborn, time: 2, epochFloor: 2 },
    },
  };
}
