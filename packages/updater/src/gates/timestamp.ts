// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { type ClaimedCheckpoint, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { contradictionOf, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { newestRootChecks } from "@countersign/trust/tuf/root";
import { nextTimestamp, timestampRules } from "@countersign/trust/workflow/timestamp";
import type { Attempt } from "../attempt.ts";
import { keepEvidence } from "../evidence.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";
import { seenOf } from "../one-ledger.ts";

/** Gate 2: the newest word of the repository, and the cosigned checkpoint that dates it (TUF 5.4). */
export const timestampGate: Gate = gate({
  number: 2,
  name: "timestamp and its checkpoint",
  checks: { ...timestampRules, newest: newestRootChecks },
  async pass(attempt, checks) {
    const { root, timestamp } = attempt.documents;
    const largest = seenOf(attempt).find(({ checkpoint }) => checkpoint.origin === attempt.ledger.origin);
    const step = await nextTimestamp(
      {
        root: root.signed,
        stored: timestamp,
        remembered: largest?.checkpoint,
        now: attempt.now,
      },
      attempt.read,
      checks,
    );
    const dated = attempt.note(step);
    if (!dated.ok && step.shown !== undefined && largest !== undefined) await keepShown(attempt, largest, step.shown);
    if (!dated.ok) return stop(dated.refusal);
    attempt.found.timestamp = dated.value.timestamp;
    attempt.found.checkpoint = dated.value.checkpoint;
    const time = Math.max(attempt.memory.time, witnessedTime(dated.value.checkpoint, attempt.ledger.quorum));
    attempt.memory = { ...attempt.memory, time };
    if (!attempt.bundled) return goOn;
    // gate 1 could only judge by what this device knew of time before
    const newest = attempt.note(judge({ candidate: attempt.documents.root, now: attempt.now }, checks.newest));
    return newest.ok ? goOn : stop(newest.refusal);
  },
});

/** A checkpoint that was refused for what was seen before is evidence, where the two contradict each other: an older one that is served again does not. */
async function keepShown({ device, ledger }: Attempt, seen: ClaimedCheckpoint, shown: ClaimedCheckpoint): Promise<void> {
  const evidence = contradictionOf(seen, shown);
  if (verifyContradiction(evidence, ledger).ok) await keepEvidence(device.directory, evidence, ledger);
}
