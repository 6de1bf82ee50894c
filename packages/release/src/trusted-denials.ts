// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { listChecks } from "@countersign/trust/revocation/checks";
import { type Denial, servedLists } from "@countersign/trust/revocation/list";
import { type Read, readFile } from "@countersign/trust/workflow/step";

/** A denial, and whose list it stands in. */
export interface SaidDenial {
  readonly revoker: string;
  readonly denial: Denial;
}

/** What trusted revokers say, as it is served now; lists that do not verify say nothing. */
export async function trustedDenials(
  read: Read,
  { policy, ledger }: Pick<RepositoryView, "policy" | "ledger">,
): Promise<readonly SaidDenial[]> {
  const bytes = await readFile(read, "revocations/latest");
  const lists = bytes.ok ? decodeBytes(servedLists, bytes.value, "revocations/latest") : bytes;
  if (!lists.ok) return [];
  return lists.value.lists
    .flatMap((list) => (list.ok ? [list.value] : []))
    .filter((candidate) => {
      const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
      return checkpoint.ok && judge({ candidate, policy, ledger, checkpoint: checkpoint.value }, listChecks).outcome.ok;
    })
    .flatMap(({ signed: { revoker, denials } }) => denials.map((denial) => ({ revoker, denial })));
}
