// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "@countersign/tlog/refusal";
import type { Chance } from "./chance.ts";
import { mutate, Parent } from "./mutate/mutate.ts";
import type { Examine, Target } from "./target.ts";

/** An input that a reader did not stand: what happened, and the bytes that show it. */
export interface Finding {
  readonly target: string;
  readonly what: string;
  readonly input: Uint8Array;
}

/** Every input goes here before it is tried, so that it survives whatever it does. */
export type Notebook = (input: Uint8Array) => void;

/** The parents of a target at most; when there are more, a new one takes the place of one that was not a seed. */
const maximumParents = 1024;

/** Reading may take this much time of a processor whatever the input, and this much more for each of its bytes. */
const boundMilliseconds = 40;
const boundMillisecondsPerByte = 0.02;

/** The processor may have done something else meanwhile, collecting garbage say: a reader was slow only if it is slow every time. */
const timesSlow = 4;

/** One target under fire: its reader, and the inputs worth breaking further, which are those that got an answer nobody got before. */
export class Campaign {
  readonly target: Target;
  readonly #examine: Examine;
  readonly #parents: Parent[];
  readonly #seeds: number;
  readonly #answers = new Set<string>();
  #accepted = 0;

  constructor(target: Target, seeds: readonly Uint8Array[]) {
    this.target = target;
    this.#examine = target.prepare(seeds);
    this.#parents = seeds.map((seed) => new Parent(seed));
    this.#seeds = seeds.length;
  }

  /** How many different answers were had. */
  get answers(): number {
    return this.#answers.size;
  }

  /** How many mutants were accepted: those that still say what an honest one says. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Some executions in a row; stops at the first finding. */
  async turn(executions: number, chance: Chance, note: Notebook): Promise<Finding | undefined> {
    for (let count = 0; count < executions; count++) {
      const input = mutate(chance.pick(this.#parents), this.target.form, chance, chance.pick(this.#parents));
      note(input);
      const found = await this.try(input, chance);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Gives one input to the reader; what it does not stand is the answer. */
  async try(input: Uint8Array, chance: Chance): Promise<Finding | undefined> {
    const bound = boundMilliseconds + boundMillisecondsPerByte * input.length;
    try {
      const began = performance.now();
      this.#learn(input, await this.#examine(input), chance);
      if (performance.now() - began <= bound || !(await this.#isSlow(input, bound))) return undefined;
      return this.#finding(input, `took more than ${Math.round(bound)} ms, ${timesSlow} times`);
    } catch (error) {
      return this.#finding(input, describe(error));
    }
  }

  async #isSlow(input: Uint8Array, bound: number): Promise<boolean> {
    for (let time = 0; time < timesSlow; time++) {
      const before = process.threadCpuUsage();
      await this.#examine(input);
      const { user, system } = process.threadCpuUsage(before);
      if ((user + system) / 1000 <= bound) return false;
    }
    return true;
  }

  /** An input with a new answer becomes a parent. */
  #learn(input: Uint8Array, outcome: Outcome<unknown>, chance: Chance): void {
    if (outcome.ok) this.#accepted++;
    const answer = outcome.ok ? "accepted" : this.#shape(outcome.refusal.code, outcome.refusal.expected, outcome.refusal.found);
    if (this.#answers.has(answer)) return;
    this.#answers.add(answer);
    const parent = new Parent(input);
    if (this.#parents.length < maximumParents) this.#parents.push(parent);
    else this.#parents[this.#seeds + chance.below(maximumParents - this.#seeds)] = parent;
  }

  /** An answer without what is the input's own: names, numbers, digests. Readers of text quote it without marks, so there it is left out. */
  #shape(code: string, expected: string, found: string): string {
    const words = this.target.form === "json" ? `${expected} ${found}` : expected;
    return `${code} ${words
      .slice(0, 160)
      .replace(/"(?:[^"\\]|\\.)*"?/g, '""')
      .replace(/[0-9a-f]{8,}/g, "#")
      .replace(/\d+/g, "0")}`;
  }

  #finding(input: Uint8Array, what: string): Finding {
    return { target: this.target.name, what, input: Uint8Array.from(input) };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : `threw ${String(error)}`;
}
