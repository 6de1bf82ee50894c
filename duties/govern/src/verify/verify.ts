// SPDX-License-Identifier: Apache-2.0
import type { Check, Verdict } from "@countersign/trust/check";
import type { PublicFacts } from "./public-facts.ts";
import type { GovernRecord } from "./record.ts";
import { type RecordSubject, recordChecks } from "./record-checks.ts";
import { replay } from "./replay.ts";

export interface Verification {
  /** One for each rule, refused or not. */
  readonly verdicts: readonly Verdict[];
  readonly ok: boolean;
}

/**
 * Verifies a govern's record against itself and against what is public: every table is computed again, the chain, the ledger and every signed document are
 * looked at. Whatever was edited, dropped, inserted or moved is found, by whoever it was. `now` is Unix milliseconds.
 */
export async function verifyRecord(
  candidate: GovernRecord,
  facts: PublicFacts,
  now: number,
  checks: readonly Check<RecordSubject>[] = recordChecks,
): Promise<Verification> {
  const subject: RecordSubject = { candidate, replayed: await replay(candidate.acts), facts, now };
  const verdicts = checks.map((check): Verdict => {
    const said = check.examine(subject);
    const { name, source } = check;
    if (said.ok) return { check: name, source, ...said.value };
    const { expected, found } = said.refusal;
    return { check: name, source, expected, found, refusal: said.refusal };
  });
  return { verdicts, ok: verdicts.every(({ refusal }) => refusal === undefined) };
}
