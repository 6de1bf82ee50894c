// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type ClaimedCheckpoint, claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { type KnownList, listChecks, listTime, type ServedList } from "@countersign/trust/revocation/checks";
import { type Denial, type RevocationList, revocationList, servedLists } from "@countersign/trust/revocation/list";
import { type Read, readFile } from "@countersign/trust/workflow/step";

/** What the revokers say now. */
export interface Heard {
  readonly denials: readonly Denial[];
  /** The newest list of each revoker, by its key. */
  readonly lists: Readonly<Record<string, KnownList & ServedList>>;
  /** The cosigned checkpoints that the lists carry: as good as any for telling the time. */
  readonly checkpoints: readonly ClaimedCheckpoint[];
}

/** Every list that verifies, from where devices read them together and from where each revoker writes its own: hiding one takes both. */
export async function hearRevokers(read: Read, { policy, ledger }: RepositoryView): Promise<Heard> {
  const denials: Denial[] = [];
  const lists: Record<string, KnownList & ServedList> = {};
  const checkpoints: ClaimedCheckpoint[] = [];
  for (const candidate of await readLists(read, Object.keys(policy.revokers))) {
    const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
    if (!checkpoint.ok) continue;
    const list = judge({ candidate, policy, ledger, checkpoint: checkpoint.value }, listChecks);
    if (!list.outcome.ok) continue; // a list that does not verify says nothing; `revocations/fresh` notices who is missing
    const { revoker, version, seen } = candidate.signed;
    const keyid = policy.revokers[revoker] ?? "";
    denials.push(...candidate.signed.denials);
    if (version >= (lists[keyid]?.version ?? 0)) lists[keyid] = { version, seen, time: listTime(checkpoint.value, ledger) };
    checkpoints.push(checkpoint.value);
  }
  return { denials, lists, checkpoints };
}

async function readLists(read: Read, revokers: readonly string[]): Promise<readonly Envelope<RevocationList>[]> {
  const lists: Envelope<RevocationList>[] = [];
  const latest = await readFile(read, "revocations/latest");
  const together = latest.ok ? decodeBytes(servedLists, latest.value, "revocations/latest") : latest;
  if (together.ok) lists.push(...together.value.lists.flatMap((list) => (list.ok ? [list.value] : [])));
  for (const revoker of revokers) {
    const path = `revocations/${revoker}.json`;
    const bytes = await readFile(read, path);
    const own = bytes.ok ? readEnvelope(revocationList, bytes.value, path) : bytes;
    if (own.ok) lists.push(own.value);
  }
  return lists;
}
