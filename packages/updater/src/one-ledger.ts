// SPDX-License-Identifier: Apache-2.0
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { equalBytes } from "@countersign/tlog/hash";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { prefixRoot } from "@countersign/tlog/merkle";
import { logOf } from "@countersign/tlog/quorum";
import { prefixProof } from "@countersign/tlog/tree";
import { type Check, decide, judge } from "@countersign/trust/check";
import { type ClaimedCheckpoint, claimedCheckpoint, finalOf, isOfLog } from "@countersign/trust/ledger/checkpoint";
import { contradictionOf } from "@countersign/trust/ledger/contradiction";
import { proofCheckpoint } from "@countersign/trust/ledger/inclusion";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { stopped } from "@countersign/trust/workflow/step";
import type { Attempt } from "./attempt.ts";
import { keepEvidence } from "./evidence.ts";

/** Two sizes of the ledger, and the hashes that are to show that the larger one only added to the smaller. */
export interface ConsistencySubject {
  readonly candidate: { readonly older: Checkpoint; readonly newer: Checkpoint };
  readonly hashes: readonly Uint8Array[];
}

/** Two checkpoints are of one ledger. `prefix` names the document whose checkpoint is compared with the newest one, or with what is remembered. */
export function consistentCheck(prefix: string): Check<ConsistencySubject> {
  return {
    name: `${prefix}/consistent`,
    source: "RFC 9162 2.1.4, from tiles",
    examine: ({ candidate: { older, newer }, hashes }) => {
      const begins = prefixRoot(older.size, newer.size, newer.root, hashes);
      return decide(
        begins !== undefined && equalBytes(begins, older.root),
        `the tree of ${newer.size} entries extends that of ${older.size}`,
        begins === undefined ? `${hashes.length} hashes from tiles, which are of another tree` : `${hashes.length} hashes from tiles`,
        "ledger-inconsistent",
        "Somebody is shown another ledger. Both checkpoints are kept: countersign device status names the file. Tell the publisher, use another mirror.",
      );
    },
  };
}

/** What this device has seen of the log that root names, and of those before it, the largest first: the checkpoint that was proven last, and the one of the last timestamp. */
export function seenOf({ memory, documents, ledger }: Attempt): readonly ClaimedCheckpoint[] {
  const notes = new Set([memory.checkpoint, documents.timestamp?.signed.countersign.checkpoint]);
  const seen = [...notes].map((note) => (typeof note === "string" ? claimedCheckpoint(note, ledger) : undefined));
  const ofKnownLogs = seen.flatMap((claimed) =>
    claimed?.ok && isOfLog(claimed.value, logOf(claimed.value.checkpoint.origin, ledger)) ? [claimed.value] : [],
  );
  return ofKnownLogs.sort((one, other) => other.checkpoint.size - one.checkpoint.size);
}

/**
 * Shows that a checkpoint is of one ledger with the newest, either of which may be the larger, whoever cosigned them; one of a former log, with the last tree of
 * that, which root pins. Where they are not, or where the tiles that would show it are kept back, both are kept as evidence.
 */
export async function ofOneLedger(
  attempt: Attempt,
  shown: ClaimedCheckpoint,
  newest: ClaimedCheckpoint,
  checks: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  const final = finalOf(shown.checkpoint, attempt.ledger);
  const [one, other] = [shown.checkpoint, final ?? newest.checkpoint];
  const [older, newer] = one.size <= other.size ? [one, other] : [other, one];
  if (checks.length === 0 || older.size === 0) return accept(undefined);
  const hashes = await prefixProof(
    older.size,
    newer.size,
    attempt.tilesBelow(final === undefined ? "log/" : formerLogPrefix(final.origin)),
  );
  const judged = attempt.note(hashes.ok ? judge({ candidate: { older, newer }, hashes: hashes.value }, checks) : stopped(hashes.refusal));
  if (!judged.ok && final === undefined)
    await keepEvidence(attempt.device.directory, contradictionOf(shown, newest, hashes.ok ? hashes.value : []), attempt.ledger);
  return judged;
}

/** The same of the checkpoint that a proof stands on, beside the newest one. That it proves anything is for others to check. */
export async function provenInOneLedger(
  attempt: Attempt,
  proof: string,
  checks: readonly Check<ConsistencySubject>[],
): Promise<Outcome<unknown>> {
  const under = proofCheckpoint(proof, attempt.ledger);
  return under.ok ? await ofOneLedger(attempt, under.value, attempt.checkpoint, checks) : attempt.refused(under.refusal);
}
