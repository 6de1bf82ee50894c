// SPDX-License-Identifier: Apache-2.0
import { readHeads } from "@countersign/repository/read-heads";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import type { Read } from "@countersign/trust/workflow/step";
import type { PublishedEntry, RepositoryReading } from "./observation.ts";

/** Reads the whole repository as a stranger: from the embedded root to every release, order and provenance that its channels offer. */
export async function readRepository(read: Read, anchor: Uint8Array, everPublished: boolean, now: number): Promise<RepositoryReading> {
  const timestamp = await read("metadata/timestamp.json", Number.MAX_SAFE_INTEGER);
  if (timestamp.ok && timestamp.value === undefined && !everPublished) return { state: "unpublished" };
  const view = await openRepository(read, anchor, now);
  if (!view.ok) return { state: "refused", refusal: view.refusal };
  const entries = await readEntries(read, view.value);
  return entries.ok ? { state: "verified", view: view.value, entries: entries.value } : { state: "refused", refusal: entries.refusal };
}

/** What all heads of all channels offer, each release and order of a channel once. */
async function readEntries(read: Read, { channels, policy }: RepositoryView): Promise<Outcome<readonly PublishedEntry[]>> {
  const entries = new Map<string, PublishedEntry>();
  for (const [channel, { signed }] of channels) {
    const rules = policy.channels[channel];
    const heads = await readHeads(read, signed);
    if (!heads.ok) return heads;
    if (rules === undefined) continue; // a view has only channels of its policy
    for (const { releases, orders } of heads.value.values()) {
      for (const entry of releases) {
        const key = `${channel} ${entry.digest}`;
        const attestations = entries.get(key)?.attestations ?? (await readAttestations(read, entry.body.provenance));
        entries.set(key, { channel, rules, entry, attestations });
      }
      for (const entry of orders) entries.set(`${channel} ${entry.digest}`, { channel, rules, entry, attestations: undefined });
    }
  }
  return accept([...entries.values()]);
}
