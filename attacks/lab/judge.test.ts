// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attack, checks, type Strike } from "./attack.ts";
import { runAttack } from "./judge.ts";
import type { Lab } from "./lab.ts";

const lab = {} as Lab; // none of these attacks looks at it

/** An attack on a process that makes these checks, in order; it is said to be stopped by `claimed`. */
function attackOn(made: readonly string[], claimed: readonly string[]): Attack {
  const strike = async (without: readonly string[]): Promise<Strike> => {
    const check = made.find((name) => !without.includes(name));
    return check === undefined ? { succeeded: true, evidence: "in" } : { succeeded: false, check, at: "gate 1", evidence: "out" };
  };
  return { name: "sample", holds: "nothing", prepare: async () => [{ does: "tries", stoppedBy: checks(...claimed), strike }] };
}

async function faultsOf(attack: Attack): Promise<readonly string[]> {
  const { moves } = await runAttack(attack, lab);
  return moves.flatMap(({ faults }) => faults);
}

test("an attack that each named control stops alone, and nothing else stops, is without fault", async () => {
  assert.deepEqual(await faultsOf(attackOn(["a"], ["a"])), []);
  assert.deepEqual(await faultsOf(attackOn(["a", "b", "c"], ["a", "b", "c"])), []);
});

test("an attack that is not refused is a fault", async () => {
  assert.match((await faultsOf(attackOn([], ["a"]))).join(), /succeeds against what is shipped/);
});

test("a control that stops nothing is a fault", async () => {
  assert.match((await faultsOf(attackOn(["a"], ["a", "idle"]))).join(), /idle alone does not stop it/);
});

test("a control that is not named is a fault", async () => {
  assert.match((await faultsOf(attackOn(["a", "hidden"], ["a"]))).join(), /still stopped by hidden/);
  assert.match((await faultsOf(attackOn(["hidden", "a"], ["a"]))).join(), /stopped by hidden gate 1/);
});

test("what is bounded always must be refused by that bound", async () => {
  const bounded = (code: string): Attack => {
    const strike = async (): Promise<Strike> => ({ succeeded: false, check: "too-slow", at: "gate 2", evidence: "out" });
    return { name: "sample", holds: "nothing", prepare: async () => [{ does: "tries", stoppedBy: [], bound: code, strike }] };
  };
  assert.deepEqual(await faultsOf(bounded("too-slow")), []);
  assert.equal((await faultsOf(bounded("length-exceeded"))).length, 1);
});
