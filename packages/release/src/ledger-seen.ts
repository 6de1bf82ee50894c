// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from "@countersign/tlog/hash";
import { prefixRoot } from "@countersign/tlog/merkle";
import { verifyCheckpoint } from "@countersign/tlog/quorum";
import { prefixProof } from "@countersign/tlog/tree";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { type Contradiction, contradictionOf } from "@countersign/trust/ledger/contradiction";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { LedgerView } from "./ledger-view.ts";

/** A checkpoint that somebody else was shown, beside the ledger as it is read here. */
export interface Compared {
  readonly size: number;
  /** Where the two are not of one ledger: evidence for anybody. */
  readonly contradiction: Contradiction | undefined;
}

/**
 * Compares what somebody else was shown with the ledger that is read here: that is how a split view comes to light, whoever cosigned it. Refused where the log did not
 * sign it, and where it is of a larger tree than is served here, of which nothing can be said yet.
 */
export async function compareSeen({ trust, cosigned, readTile }: LedgerView, note: Uint8Array): Promise<Outcome<Compared>> {
  const signed = verifyCheckpoint(note, trust.origin, trust.log);
  if (!signed.ok) return signed;
  const { size, root } = signed.value.checkpoint;
  const here = cosigned.checkpoint;
  if (size > here.size)
    return refuse("checkpoint-newer", `at most ${here.size} entries`, `${size}`, "Compare it again once that many are served here.");
  if (size === 0) return accept({ size, contradiction: undefined });
  const prefix = await prefixProof(size, here.size, readTile);
  if (!prefix.ok) return prefix;
  const begins = prefixRoot(size, here.size, here.root, prefix.value);
  if (begins === undefined)
    return refuse("ledger-inconsistent", "tiles of the cosigned tree", "others", "Read from another mirror, and report this one.");
  if (equalBytes(begins, root)) return accept({ size, contradiction: undefined });
  const [seen, own] = [claimedCheckpoint(new TextDecoder().decode(note), trust), claimedCheckpoint(cosigned.note, trust)];
  if (!seen.ok) return seen;
  return own.ok ? accept({ size, contradiction: contradictionOf(seen.value, own.value, prefix.value) }) : own;
}
