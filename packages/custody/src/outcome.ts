// SPDX-License-Identifier: Apache-2.0
// The shape that the whole project uses, declared again here: this room imports nothing but node's builtins.

/** An expected "no", as a value: a stable code, the evidence, and what to do next. */
export interface Refusal {
  readonly code: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refuse(code: string, expected: string, found: string, remedy: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, expected, found, remedy } };
}

/** A refusal as an error, for a process that cannot start without its key. */
export class KeyRefused extends Error {
  override readonly name = "KeyRefused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: expected ${refusal.expected}, found ${refusal.found}. ${refusal.remedy}`);
    this.refusal = refusal;
  }
}
