// SPDX-License-Identifier: Apache-2.0
import type { Check } from "@countersign/trust/check";
import type { Refusal } from "@countersign/trust/refusal";
import { type AssertionSubject, assertionChecks } from "./certificate-assertion.ts";
import type { Token } from "./jws.ts";
import { claimOf } from "./pin-checks.ts";
import { platformOf } from "./platform.ts";
import { subjectTokenChecks, type TokenSubject } from "./subject-token.ts";

/** One rule, and how the token stands to it. */
export interface ExplainedCheck {
  readonly check: string;
  readonly source: string;
  readonly expected: string;
  readonly found: string;
  /** Present where the token is refused for it. */
  readonly refusal?: Refusal;
  /** Whether the issuer said what was found: false for everything in a token whose signature is not the issuer's. */
  readonly verified: boolean;
}

export interface Explanation {
  readonly accepted: boolean;
  readonly checks: readonly ExplainedCheck[];
  /** What the token says of its job besides; kept with its grants, and believed for nothing. */
  readonly recorded: Readonly<Record<string, string>>;
}

/** Every rule for a token, all of them: not only the first that refuses, since whoever mends a pipeline wants to mend it once. */
export function explainToken(subject: TokenSubject): Explanation {
  const { candidate, pin, signature } = subject;
  const checks = explained(subject, subjectTokenChecks(pin), signature.keys === 1 && signature.valid);
  return { accepted: checks.every(({ refusal }) => refusal === undefined), checks, recorded: recordedOf(candidate, pin.kind) };
}

/** The same for a daemon's assertion. */
export function explainAssertion(subject: AssertionSubject): Explanation {
  const checks = explained(subject, assertionChecks, subject.valid);
  return { accepted: checks.every(({ refusal }) => refusal === undefined), checks, recorded: {} };
}

function explained<S>(subject: S, checks: readonly Check<S>[], verified: boolean): readonly ExplainedCheck[] {
  return checks.map(({ name, source, examine }): ExplainedCheck => {
    const result = examine(subject);
    const { expected, found } = result.ok ? result.value : result.refusal;
    const line = { check: name, source, expected, found, verified };
    return result.ok ? line : { ...line, refusal: result.refusal };
  });
}

/** The claims that are kept with what a token did: run, attempt, who started it. */
export function recordedOf(token: Token, kind: TokenSubject["pin"]["kind"]): Readonly<Record<string, string>> {
  const claims = platformOf(kind).recorded.map((name) => [name, claimOf(token, name)] as const);
  return Object.fromEntries(claims.flatMap(([name, value]) => (typeof value === "string" ? [[name, value.slice(0, 200)]] : [])));
}
