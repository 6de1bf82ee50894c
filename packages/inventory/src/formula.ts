// SPDX-License-Identifier: Apache-2.0

/**
 * What it takes, as a monotone formula: an atom holds when it is in the attacker's hands, a threshold when enough of its parts hold. "All" and "any" are
 * thresholds too, so there is one rule for everything.
 */
export type Formula = { readonly atom: string } | { readonly atLeast: number; readonly of: readonly Formula[] };

export function atom(name: string): Formula {
  return { atom: name };
}

export function atLeast(count: number, of: readonly Formula[]): Formula {
  return { atLeast: count, of };
}

export function all(...of: readonly Formula[]): Formula {
  return atLeast(of.length, of);
}

export function any(...of: readonly Formula[]): Formula {
  return atLeast(1, of);
}

/** Holds without anything; what honest processes do for everybody is this. */
export const always: Formula = all();

/** Holds whatever is taken. */
export const never: Formula = any();

/** Whether it holds for one who has these atoms. */
export function holds(formula: Formula, has: (atom: string) => boolean): boolean {
  if ("atom" in formula) return has(formula.atom);
  return formula.of.filter((part) => holds(part, has)).length >= formula.atLeast;
}

/** What it takes to keep it from holding: the dual. Who can do a thing as long as k of n agree is stopped by n - k + 1 of them. */
export function prevents(formula: Formula): Formula {
  if ("atom" in formula) return formula;
  return atLeast(formula.of.length - formula.atLeast + 1, formula.of.map(prevents));
}

/** The same with every atom replaced: a key by whoever holds it, say. */
export function substitute(formula: Formula, by: (atom: string) => Formula): Formula {
  return "atom" in formula
    ? by(formula.atom)
    : atLeast(
        formula.atLeast,
        formula.of.map((part) => substitute(part, by)),
      );
}

/** Every atom that it speaks of, each once. */
export function atomsOf(formula: Formula): readonly string[] {
  return "atom" in formula ? [formula.atom] : [...new Set(formula.of.flatMap(atomsOf))];
}
