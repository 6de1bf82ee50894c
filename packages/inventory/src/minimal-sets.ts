// SPDX-License-Identifier: Apache-2.0
import { atomsOf, type Formula } from "./formula.ts";

/** Sets of atoms that are enough, none of which holds another. */
export interface MinimalSets {
  /** The smallest first. */
  readonly sets: readonly (readonly string[])[];
  /** Every minimal set of at most so many atoms is among them; null where these are all that there are. */
  readonly upTo: number | null;
}

export interface Bounds {
  /** Atoms in a set. */
  readonly size: number;
  /** Sets at any place of the computation. */
  readonly sets: number;
}

export const defaultBounds: Bounds = { size: 24, sets: 4000 };

/**
 * All minimal sets of atoms for which a formula holds. Where there are too many, larger ones are left out, and it is said from which size on: the small
 * ones, for which one asks, are always exact.
 */
export function minimalSets(formula: Formula, bounds: Bounds = defaultBounds): MinimalSets {
  const atoms = [...atomsOf(formula)].sort();
  const bits = new Map(atoms.map((name, index) => [name, 1n << BigInt(index)]));
  for (let size = Math.min(bounds.size, atoms.length); size >= 0; size--) {
    const cut = { larger: false };
    const found = setsOf(formula, bits, { ...bounds, size, cut });
    if (found === undefined) continue;
    const sets = found.map((set) => atoms.filter((_, index) => (set >> BigInt(index)) & 1n));
    return { sets: sets.sort(smallestFirst), upTo: cut.larger ? size : null };
  }
  return { sets: [], upTo: 0 };
}

/** The bounds of one computation, which notes whether it left out a set for its size. */
interface Within extends Bounds {
  readonly cut: { larger: boolean };
}

/** As bits; undefined where there are more than the bounds let through. */
function setsOf(formula: Formula, bits: ReadonlyMap<string, bigint>, bounds: Within): readonly bigint[] | undefined {
  if ("atom" in formula) return [bits.get(formula.atom) ?? 0n];
  // enough[n]: the minimal sets for which at least n of the parts so far hold
  const enough: (readonly bigint[])[] = [[0n], ...Array.from({ length: Math.max(0, formula.atLeast) }, () => [])];
  if (formula.atLeast > formula.of.length) return [];
  for (const part of formula.of) {
    const own = setsOf(part, bits, bounds);
    if (own === undefined) return undefined;
    for (let count = formula.atLeast; count > 0; count--) {
      const grown = union(enough[count - 1] ?? [], own, bounds);
      if (grown === undefined) return undefined;
      const least = minimal([...(enough[count] ?? []), ...grown]);
      if (least.length > bounds.sets) return undefined;
      enough[count] = least;
    }
  }
  return enough[Math.max(0, formula.atLeast)];
}

/** One of each, together. */
function union(some: readonly bigint[], others: readonly bigint[], { size, sets, cut }: Within): readonly bigint[] | undefined {
  const both = new Set<bigint>();
  for (const one of some)
    for (const other of others) {
      const together = one | other;
      if (count(together) <= size) both.add(together);
      else cut.larger = true;
      if (both.size > 8 * sets) return undefined;
    }
  return [...both];
}

/** Without those that hold another. */
function minimal(sets: readonly bigint[]): readonly bigint[] {
  const kept: bigint[] = [];
  for (const set of [...new Set(sets)].sort((a, b) => count(a) - count(b)))
    if (!kept.some((smaller) => (smaller & set) === smaller)) kept.push(set);
  return kept;
}

function count(set: bigint): number {
  let ones = 0;
  for (let rest = set; rest > 0n; rest &= rest - 1n) ones++;
  return ones;
}

function smallestFirst(a: readonly string[], b: readonly string[]): number {
  return a.length - b.length || (a.join() < b.join() ? -1 : 1);
}
