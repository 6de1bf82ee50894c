// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { judge } from "@countersign/trust/check";
import { readThroughChecks } from "@countersign/trust/readthrough/checks";
import { type ReadThrough, readReadThrough, readThroughBytes, readThroughPath } from "@countersign/trust/readthrough/read-through";
import { type Read, readFile } from "@countersign/trust/workflow/step";

/** How far each monitor of the policy has read, where that can be had and verified. One that cannot says nothing; `soak/read-past` notices who is missing. */
export async function hearMonitors(read: Read, { policy, ledger }: RepositoryView): Promise<readonly ReadThrough[]> {
  const heard: ReadThrough[] = [];
  for (const monitor of Object.keys(policy.monitors)) {
    const bytes = await readFile(read, readThroughPath(monitor), readThroughBytes);
    const claimed = bytes.ok ? readReadThrough(monitor, bytes.value, ledger) : bytes;
    const verified = claimed.ok ? judge({ candidate: claimed.value, policy, ledger }, readThroughChecks).outcome : claimed;
    if (verified.ok) heard.push(verified.value);
  }
  return heard;
}
