// SPDX-License-Identifier: Apache-2.0
import { type Check, judge } from "@countersign/trust/check";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Attempt } from "./attempt.ts";

/** What a release or an order is judged by: one policy that stands now, its rules for this channel, the ledger and the time. */
export interface PolicyContext {
  readonly policy: Policy;
  readonly rules: ChannelRules;
  readonly ledger: LedgerTrust;
  /** Witnessed, Unix seconds. */
  readonly time: number;
}

/** One context for each policy that judges now: the one that is held, and one that cools off. */
export function contextsOf(attempt: Attempt): readonly PolicyContext[] {
  const { ledger, memory } = attempt;
  return attempt.judges.map((policy) => ({ policy, rules: attempt.rulesUnder(policy), ledger, time: memory.time }));
}

/** The rules of the device's channel by each policy that judges now. */
export function rulesOf(attempt: Attempt): readonly [ChannelRules, ...ChannelRules[]] {
  const [held, ...others] = attempt.judges;
  return [attempt.rulesUnder(held), ...others.map((policy) => attempt.rulesUnder(policy))];
}

/** Judges under each policy, notes every verdict, and stops at the first that refuses: all must be content. */
export function judgeUnderEach<S extends { readonly candidate: unknown }>(
  attempt: Attempt,
  subjectUnder: (context: PolicyContext) => S,
  checks: readonly Check<S>[],
): Outcome<unknown> {
  for (const context of contextsOf(attempt)) {
    const judged = attempt.note(judge(subjectUnder(context), checks));
    if (!judged.ok) return judged;
  }
  return accept(undefined);
}
