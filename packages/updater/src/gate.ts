// SPDX-License-Identifier: Apache-2.0
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import type { Attempt } from "./attempt.ts";

/** A check as a gate lists it: enough to name it. What it looks at is the gate's own business. */
export interface NamedCheck {
  readonly name: string;
}

/** A gate's checks, in lists by what they look at. */
export type Checks = Readonly<Record<string, readonly NamedCheck[]>>;

/** What a passed gate says: go on to the next one, or there is nothing further to do. */
export type Passed = "go-on" | "done";

/**
 * One gate of the device, in the order in which all must be passed. The checks stand beside `pass` and are handed to it, so that the
 * list of gates is the whole list of rules: what is not in it is not checked.
 */
export interface Gate {
  readonly number: number;
  readonly name: string;
  readonly checks: Checks;
  pass(attempt: Attempt, checks: Checks): Promise<Outcome<Passed>>;
}

/** Declares a gate. Its `pass` sees its own checks with their full types; a list of gates need not know them. */
export function gate<C extends { readonly [K in keyof C]: readonly NamedCheck[] }>(declared: {
  readonly number: number;
  readonly name: string;
  readonly checks: C;
  pass(attempt: Attempt, checks: C): Promise<Outcome<Passed>>;
}): Gate {
  return declared as unknown as Gate;
}

export const goOn: { readonly ok: true; readonly value: Passed } = { ok: true, value: "go-on" };
export const done: { readonly ok: true; readonly value: Passed } = { ok: true, value: "done" };

export function stop(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}
