// SPDX-License-Identifier: Apache-2.0
import type { Judgement, Verified } from "@countersign/trust/check";
import type { Outcome } from "@countersign/trust/refusal";

/** What a list of rules came to, with the name of the one that refused: whoever was refused can look it up. */
export function judged<T>({ outcome, verdicts }: Judgement<T>): Outcome<Verified<T>> {
  const check = verdicts.at(-1)?.check;
  return outcome.ok || check === undefined ? outcome : { ok: false, refusal: { ...outcome.refusal, check } };
}
