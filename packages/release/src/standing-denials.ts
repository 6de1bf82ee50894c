// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { listChecks } from "@countersign/trust/revocation/checks";
import { builtBy, deniableNames, denialOf } from "@countersign/trust/revocation/deniable";
import { type Denial, servedLists } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { readFile } from "@countersign/trust/workflow/step";
import type { Published } from "./published.ts";

/** What trusted revokers say against a release now, by any of its names. */
export async function standingDenials({ read, view, rules }: Published, release: Entry<Statement>): Promise<readonly Denial[]> {
  const { policy, ledger, time } = view;
  const bytes = await readFile(read, "revocations/latest");
  const lists = bytes.ok ? decodeBytes(servedLists, bytes.value, "revocations/latest") : bytes;
  const attestations = await readAttestations(read, release.body.provenance);
  if (!lists.ok || !attestations.ok) return [];
  const names = deniableNames(release, builtBy(attestations.value, [{ policy, rules }]));
  return lists.value.lists
    .flatMap((list) => (list.ok ? [list.value] : []))
    .filter((candidate) => {
      const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
      return checkpoint.ok && judge({ candidate, policy, ledger, checkpoint: checkpoint.value }, listChecks).outcome.ok;
    })
    .flatMap(({ signed }) => signed.denials)
    .filter((denial) => denialOf(names, [denial], time) !== undefined);
}
