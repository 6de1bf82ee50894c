// SPDX-License-Identifier: Apache-2.0
import { type Check, judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import type { Envelope } from "@countersign/trust/envelope";
import { claimedCheckpoint } from "@countersign/trust/ledger/checkpoint";
import { accept, type Refusal, refuse } from "@countersign/trust/refusal";
import { type HeardSubject, heardChecks, type ListSubject, listChecks, listTime } from "@countersign/trust/revocation/checks";
import { type Denial, type RevocationList, servedLists } from "@countersign/trust/revocation/list";
import { readFile } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn } from "../gate.ts";
import { denialsOfOne } from "../memory.ts";
import { saveTrustStore } from "../trust-store.ts";
import { contextsOf } from "../under-policies.ts";

/**
 * Gate 6: who said no. A list that cannot be had or verified stops nothing here, since a hostile mirror could then stop everything:
 * gate 9 asks whether enough revokers were heard recently enough. What is verified is kept for ever, before anything else of this attempt.
 * A denial of what runs must not be kept back for ever either: who was not heard is reported, and another mirror is asked.
 */
export const revocationsGate: Gate = gate({
  number: 6,
  name: "revocations",
  checks: { list: listChecks, heard: heardChecks },
  async pass(attempt, checks) {
    const bytes = await readFile(attempt.read, "revocations/latest");
    const served = bytes.ok ? decodeBytes(servedLists, bytes.value, "revocations/latest") : bytes;
    if (!served.ok) passOver(attempt, served.refusal);
    for (const list of served.ok ? served.value.lists : []) {
      if (list.ok) hear(attempt, list.value, checks.list);
      else passOver(attempt, list.refusal);
    }
    await saveTrustStore(attempt.device.directory, {}, attempt.memory);
    notice(attempt, checks.heard);
    return goOn;
  },
});

/** Says whom this device has not heard for too long, or who was left out. */
function notice(attempt: Attempt, checks: readonly Check<HeardSubject>[]): void {
  const lists = { known: attempt.memory.lists, served: attempt.found.served ?? {}, soakEnd: 0 };
  for (const { policy, rules } of contextsOf(attempt)) {
    const { freshRevokers, revocationSeconds } = rules;
    const heard = attempt.note(
      judge({ candidate: policy, policy, now: attempt.nowSeconds, freshRevokers, revocationSeconds, ...lists }, checks),
    );
    if (!heard.ok) attempt.found.unheard ??= heard.refusal;
  }
}

/** A list counts where any policy that judges now knows its revoker: a revoker that is new is heard at once, and one that is to go still is. */
function hear(attempt: Attempt, candidate: Envelope<RevocationList>, checks: readonly Check<ListSubject>[]): void {
  const { ledger, judges } = attempt;
  const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
  if (!checkpoint.ok) {
    passOver(attempt, checkpoint.refusal);
    return;
  }
  const steps = judges.map((policy) => ({ policy, step: judge({ candidate, policy, ledger, checkpoint: checkpoint.value }, checks) }));
  const heard = steps.find(({ step }) => step.outcome.ok) ?? steps[0];
  if (heard === undefined || !attempt.note(heard.step).ok) return;
  const keyid = heard.policy.revokers[candidate.signed.revoker];
  if (keyid !== undefined) remember(attempt, candidate.signed, keyid, listTime(checkpoint.value, ledger));
}

/** Says in the trail why something that was served is not heard. It stops nothing. */
function passOver(attempt: Attempt, refusal: Refusal): void {
  const verdict = { check: "revocations/served", source: "every revoker its own list", ...refusal };
  attempt.note({ verdicts: [verdict], outcome: accept(undefined) });
}

/**
 * A missing entry never lifts one: denials are only ever added. A list with more of them than there is room for is not heard: who stole a revoker's key
 * must not be able to fill the room, so that what its owner says later is passed over and counts as heard.
 */
function remember(attempt: Attempt, { revoker, version, seen, denials: said }: RevocationList, keyid: string, time: number): void {
  const { memory, found } = attempt;
  const before = memory.denials[keyid] ?? [];
  const ofName = Object.hasOwn(memory.denials, revoker) ? memory.denials[revoker] : undefined; // as earlier updaters kept them
  const known = new Set([...before, ...(ofName ?? [])].map(wordsOf));
  const all = [...before, ...said.filter((denial) => !known.has(wordsOf(denial)))];
  const whole = all.length <= denialsOfOne;
  const newest = memory.lists[keyid] ?? { version: 0, time: 0 };
  attempt.memory = {
    ...memory,
    denials: { ...memory.denials, [keyid]: all.slice(0, denialsOfOne) },
    lists: {
      ...memory.lists,
      [keyid]: { version: Math.max(version, newest.version), time: whole ? Math.max(time, newest.time) : newest.time },
    },
  };
  if (!whole)
    passOver(
      attempt,
      refuse(
        "revocations-overflow",
        `at most ${denialsOfOne} denials by one key`,
        `${all.length} by that of ${revoker}`,
        "Give the revoker a new key in the policy: nobody honest says no that often.",
      ).refusal,
    );
  else if (version >= (found.served?.[keyid]?.version ?? 0)) found.served = { ...found.served, [keyid]: { version, seen } };
}

/** All that a denial says: thousands are compared at every check, so without a digest. */
function wordsOf({ kind, name, since, until, reason }: Denial): string {
  return JSON.stringify([kind, name, since, until, reason]);
}
