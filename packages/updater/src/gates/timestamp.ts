// SPDX-License-Identifier: Apache-2.0
import { claimedCheckpoint, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { nextTimestamp, timestampRules } from "@countersign/trust/workflow/timestamp";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 2: the newest word of the repository, and the cosigned checkpoint that dates it (TUF 5.4). */
export const timestampGate: Gate = gate({
  number: 2,
  name: "timestamp and its checkpoint",
  checks: timestampRules,
  async pass(attempt, checks) {
    const { root, timestamp } = attempt.documents;
    const remembered = attempt.memory.checkpoint === null ? undefined : claimedCheckpoint(attempt.memory.checkpoint, attempt.ledger);
    const step = await nextTimestamp(
      {
        root: root.signed,
        stored: timestamp?.signed,
        remembered: remembered?.ok ? remembered.value.checkpoint : undefined,
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
