// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { accept } from "@countersign/trust/refusal";
import { listChecks, listTime } from "@countersign/trust/revocation/checks";
import { type Denial, revocationLists } from "@countersign/trust/revocation/list";
import { readFile } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn } from "../gate.ts";
import { denialsOfOne } from "../memory.ts";
import { saveTrustStore } from "../trust-store.ts";

/**
 * Gate 6: who said no. A list that cannot be had or verified stops nothing here, since a hostile mirror could then stop everything:
 * gate 9 asks whether enough revokers were heard recently enough. What is verified is kept for ever, before anything else of this attempt.
 */
export const revocationsGate: Gate = gate({
  number: 6,
  name: "revocations",
  checks: { list: listChecks },
  async pass(attempt, checks) {
    const bytes = await readFile(attempt.read, "revocations/latest");
    const lists = bytes.ok ? decodeBytes(revocationLists, bytes.value, "revocations/latest") : bytes;
    if (!lists.ok) {
      attempt.note({
        verdicts: [{ check: "revocations/served", source: "every revoker its own list", ...lists.refusal }],
        outcome: accept(undefined),
      });
      return goOn;
    }
    for (const candidate of lists.value.lists) {
      const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, attempt.ledger);
      if (!checkpoint.ok) continue;
      const judged = judge({ candidate, policy: attempt.policy.policy, ledger: attempt.ledger, checkpoint: checkpoint.value }, checks.list);
      if (attempt.note(judged).ok)
        remember(attempt, candidate.signed.denials, candidate.signed.revoker, listTime(checkpoint.value, attempt.ledger));
    }
    await saveTrustStore(attempt.device.directory, {}, attempt.memory);
    return goOn;
  },
});

/** A missing entry never lifts one: denials are only ever added. */
function remember(attempt: Attempt, said: readonly Denial[], revoker: string, time: number): void {
  const before = attempt.memory.denials[revoker] ?? [];
  const known = new Set(before.map(nameOf));
  const denials = [...before, ...said.filter((denial) => !known.has(nameOf(denial)))].slice(0, denialsOfOne);
  attempt.memory = {
    ...attempt.memory,
    denials: { ...attempt.memory.denials, [revoker]: denials },
    listTimes: { ...attempt.memory.listTimes, [revoker]: Math.max(time, attempt.memory.listTimes[revoker] ?? 0) },
  };
}

function nameOf({ kind, name, until }: Denial): string {
  return `${kind} ${name} ${until}`;
}
