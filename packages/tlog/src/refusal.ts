// SPDX-License-Identifier: Apache-2.0

/**
 * An expected "no". It is a value, never thrown: bad input is part of the job here, and only bugs throw.
 *
 * `code` is stable and kebab-case, for programs; `expected` and `found` are the evidence; `remedy` says what to do next.
 */
export interface Refusal {
  readonly code: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
  /** The name of the check that refused, where one of a list did. */
  readonly check?: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refuse(code: string, expected: string, found: string, remedy: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, expected, found, remedy } };
}
