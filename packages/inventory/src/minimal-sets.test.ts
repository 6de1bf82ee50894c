// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { all, any, atLeast, atom, atomsOf, type Formula, holds, prevents } from "./formula.ts";
import { minimalSets } from "./minimal-sets.ts";

const atoms = ["a", "b", "c", "d", "e", "f"];

/** Any formula over six atoms; thresholds that nothing or everything meets, too. */
const anyFormula: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...atoms).map(atom),
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.array(tie("formula"), { maxLength: 4 })).map(([count, of]): Formula => atLeast(count, of)),
  ),
})).formula;

const subsets = Array.from({ length: 2 ** atoms.length }, (_, bits) => atoms.filter((_, index) => (bits >> index) & 1));
const holdsFor = (formula: Formula, set: readonly string[]): boolean => holds(formula, (name) => set.includes(name));

/** By trying every set there is. */
function bruteForce(formula: Formula): readonly string[] {
  const enough = subsets.filter((set) => holdsFor(formula, set));
  return enough
    .filter((set) =>
      set.every(
        (name) =>
          !holdsFor(
            formula,
            set.filter((other) => other !== name),
          ),
      ),
    )
    .map((set) => set.join());
}

test("the minimal sets are exactly those that trying every set finds", () => {
  fc.assert(
    fc.property(anyFormula, (formula) => {
      const { sets, upTo } = minimalSets(formula);
      assert.equal(upTo, null);
      assert.deepEqual(sets.map((set) => set.join()).sort(), [...bruteForce(formula)].sort());
    }),
    { numRuns: 2000 },
  );
});

test("what prevents a thing is in every set that is enough for it, and nothing smaller is", () => {
  fc.assert(
    fc.property(anyFormula, (formula) => {
      const stoppers = new Set(minimalSets(prevents(formula)).sets.map((set) => set.join()));
      const stops = (set: readonly string[]) =>
        !holdsFor(
          formula,
          atoms.filter((name) => !set.includes(name)),
        );
      const least = subsets.filter((set) => stops(set) && set.every((name) => !stops(set.filter((other) => other !== name))));
      assert.deepEqual([...stoppers].sort(), least.map((set) => set.join()).sort());
    }),
  );
});

test("the smallest come first", () => {
  const { sets } = minimalSets(any(all(atom("a"), atom("b"), atom("c")), atom("z"), all(atom("a"), atom("d"))));
  assert.deepEqual(sets, [["z"], ["a", "d"], ["a", "b", "c"]]);
});

test("where there are too many, every one of the small ones is there, and it is said where they end", () => {
  const many = Array.from({ length: 24 }, (_, index) => atom(`n${index}`));
  const formula = any(atLeast(12, many), all(atom("n0"), atom("n1")), atom("lone"));
  const bounded = minimalSets(formula, { size: 12, sets: 400 });
  assert.ok(bounded.upTo !== null && bounded.upTo < 12);
  assert.deepEqual(bounded.sets, [["lone"], ["n0", "n1"]]);
  assert.equal(atomsOf(formula).length, 25);
});

test("bounds leave nothing out below the size that they say", () => {
  fc.assert(
    fc.property(anyFormula, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), (formula, size, sets) => {
      const bounded = minimalSets(formula, { size, sets });
      const expected = bruteForce(formula).filter(
        (set) => bounded.upTo === null || (set === "" ? 0 : set.split(",").length) <= bounded.upTo,
      );
      assert.deepEqual(bounded.sets.map((set) => set.join()).sort(), [...expected].sort());
    }),
  );
});
