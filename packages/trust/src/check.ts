// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, type Refusal, refuse } from "./refusal.ts";

/** What a check that passed saw, for the trail. */
export interface Evidence {
  readonly expected: string;
  readonly found: string;
}

/** One rule, with a name that stays (`channel/threshold`) and the place that demands it. Pure: everything it looks at is in `subject`. */
export interface Check<S> {
  readonly name: string;
  readonly source: string;
  examine(subject: S): Outcome<Evidence>;
}

/** One line of the trail: which rule, what it wanted, what it saw. */
export interface Verdict {
  readonly check: string;
  readonly source: string;
  readonly expected: string;
  readonly found: string;
  /** Present where the check refused. */
  readonly refusal?: Refusal;
}

declare const verifiedBrand: unique symbol;

/** Data that passed every check of a list. `judge` is the only place that makes one. */
export type Verified<T> = T & { readonly [verifiedBrand]: true };

export interface Judgement<T> {
  readonly verdicts: readonly Verdict[];
  readonly outcome: Outcome<Verified<T>>;
}

/** Runs the checks in order and stops at the first that refuses. */
export function judge<S extends { readonly candidate: unknown }>(subject: S, checks: readonly Check<S>[]): Judgement<S["candidate"]> {
  const verdicts: Verdict[] = [];
  for (const check of checks) {
    const result = check.examine(subject);
    if (!result.ok) {
      const { expected, found } = result.refusal;
      verdicts.push({ check: check.name, source: check.source, expected, found, refusal: result.refusal });
      return { verdicts, outcome: result };
    }
    verdicts.push({ check: check.name, source: check.source, ...result.value });
  }
  return { verdicts, outcome: accept(subject.candidate as Verified<S["candidate"]>) };
}

/** What a step of the client workflow yields: the trail either way, and what is now trusted or the refusal. */
export interface Step<T> {
  readonly verdicts: readonly Verdict[];
  readonly outcome: Outcome<T>;
}

/** A step that ends here. */
export function stopped(refusal: Refusal, verdicts: readonly Verdict[] = []): Step<never> {
  return { verdicts, outcome: { ok: false, refusal } };
}

/** The usual shape of a check: a condition, the evidence either way, and the refusal when it does not hold. */
export function decide(holds: boolean, expected: string, found: string, code: string, remedy: string): Outcome<Evidence> {
  return holds ? accept({ expected, found }) : refuse(code, expected, found, remedy);
}
