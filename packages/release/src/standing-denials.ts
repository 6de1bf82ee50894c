// SPDX-License-Identifier: Apache-2.0
import { builderOf } from "@countersign/trust/build/checks";
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { listChecks } from "@countersign/trust/revocation/checks";
import { deniableNames, denialOf } from "@countersign/trust/revocation/deniable";
import { type Denial, revocationLists } from "@countersign/trust/revocation/list";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { readFile } from "@countersign/trust/workflow/step";
import type { Published } from "./published.ts";

/** What trusted revokers say against a release now, by any of its names. */
export async function standingDenials({ read, view, rules }: Published, release: Entry<Statement>): Promise<readonly Denial[]> {
  const { policy, ledger, time } = view;
  const bytes = await readFile(read, "revocations/latest");
  const lists = bytes.ok ? decodeBytes(revocationLists, bytes.value, "revocations/latest") : bytes;
  const attestations = await readAttestations(read, release.body.provenance);
  if (!lists.ok || !attestations.ok) return [];
  const builders = attestations.value.flatMap((attestation) => builderOf(attestation, policy, rules)?.keyid ?? []);
  const names = deniableNames(release, builders);
  return lists.value.lists
    .filter((candidate) => {
      const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
      return checkpoint.ok && judge({ candidate, policy, ledger, checkpoint: checkpoint.value }, listChecks).outcome.ok;
    })
    .flatMap(({ signed }) => signed.denials)
    .filter((denial) => denialOf(names, [denial], time) !== undefined);
}
