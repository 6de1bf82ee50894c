// SPDX-License-Identifier: Apache-2.0
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { claimedCheckpoint, isOfLog, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { nextTimestamp, timestampRules } from "@countersign/trust/workflow/timestamp";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 2: the newest word of the repository, and the cosigned checkpoint that dates it (TUF 5.4). */
export const timestampGate: Gate = gate({
  number: 2,
  name: "timestamp and its checkpoint",
  checks: timestampRules,
  async pass(attempt, checks) {
    const { root, timestamp } = attempt.documents;
    const step = await nextTimestamp(
      {
        root: root.signed,
        stored: timestamp,
        remembered: largestSeen(attempt),
        now: attempt.now,
      },
      attempt.read,
      checks,
    );
    const dated = attempt.note(step);
    if (!dated.ok) return stop(dated.refusal);
    attempt.found.timestamp = dated.value.timestamp;
    attempt.found.checkpoint = dated.value.checkpoint;
    const time = Math.max(attempt.memory.time, witnessedTime(dated.value.checkpoint, attempt.ledger.quorum));
    attempt.memory = { ...attempt.memory, time };
    return goOn;
  },
});

/** The larger of the checkpoint that was proven to extend all before it, and the one that the last timestamp carried; of another log, which root has replaced, neither. */
function largestSeen({ memory, documents, ledger }: Attempt): Checkpoint | undefined {
  const notes = [memory.checkpoint, documents.timestamp?.signed.countersign.checkpoint];
  const seen = notes.map((note) => (typeof note === "string" ? claimedCheckpoint(note, ledger) : undefined));
  const ofThisLog = seen.flatMap((claimed) => (claimed?.ok && isOfLog(claimed.value, ledger) ? [claimed.value.checkpoint] : []));
  return ofThisLog.sort((one, other) => other.size - one.size)[0];
}
