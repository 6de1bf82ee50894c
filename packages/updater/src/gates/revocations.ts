// SPDX-License-Identifier: Apache-2.0
import { type Check, judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import type { Envelope } from "@countersign/trust/envelope";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { accept } from "@countersign/trust/refusal";
import { type ListSubject, listChecks, listTime } from "@countersign/trust/revocation/checks";
import { type Denial, type RevocationList, revocationLists } from "@countersign/trust/revocation/list";
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
    for (const candidate of lists.value.lists) hear(attempt, candidate, checks.list);
    await saveTrustStore(attempt.device.directory, {}, attempt.memory);
    return goOn;
  },
});

/** A list counts where any policy that judges now knows its revoker: a revoker that is new is heard at once, and one that is to go still is. */
function hear(attempt: Attempt, candidate: Envelope<RevocationList>, checks: readonly Check<ListSubject>[]): void {
  const { ledger, judges } = attempt;
  const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
  if (!checkpoint.ok) return;
  const steps = judges.map((policy) => ({ policy, step: judge({ candidate, policy, ledger, checkpoint: checkpoint.value }, checks) }));
  const heard = steps.find(({ step }) => step.outcome.ok) ?? steps[0];
  if (heard === undefined || !attempt.note(heard.step).ok) return;
  const keyid = heard.policy.revokers[candidate.signed.revoker];
  if (keyid !== undefined) remember(attempt, candidate.signed, keyid, listTime(checkpoint.value, ledger));
}

/** A missing entry never lifts one: denials are only ever added. */
function remember(attempt: Attempt, { revoker, version, seen, denials: said }: RevocationList, keyid: string, time: number): void {
  const { memory, found } = attempt;
  const before = memory.denials[revoker] ?? [];
  const known = new Set(before.map(wordsOf));
  const denials = [...before, ...said.filter((denial) => !known.has(wordsOf(denial)))].slice(0, denialsOfOne);
  const newest = memory.lists[keyid] ?? { version: 0, time: 0 };
  attempt.memory = {
    ...memory,
    denials: { ...memory.denials, [revoker]: denials },
    lists: { ...memory.lists, [keyid]: { version: Math.max(version, newest.version), time: Math.max(time, newest.time) } },
  };
  if (version >= (found.served?.[keyid]?.version ?? 0)) found.served = { ...found.served, [keyid]: { version, seen } };
}

/** All that a denial says: thousands are compared at every check, so without a digest. */
function wordsOf({ kind, name, since, until, reason }: Denial): string {
  return JSON.stringify([kind, name, since, until, reason]);
}
