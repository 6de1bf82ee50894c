// SPDX-License-Identifier: Apache-2.0

const counters = 8; // stop, current target, executions, length of the input, then room
const perTarget = 3; // executions, answers, accepted
const maximumTargets = 64;
const inputBytes = 64 * 1024;
const numbers = counters + perTarget * maximumTargets;

/** What a target has been through, in one worker. */
export interface TargetRecord {
  readonly executions: number;
  readonly answers: number;
  readonly accepted: number;
}

/** Memory that a worker and its supervisor share: counters, and the input at work, which can so be had when the worker hangs or dies. */
export class Logbook {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #input: Uint8Array;
  #target = 0;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(numbers * 4 + inputBytes)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory, 0, numbers);
    this.#input = new Uint8Array(memory, numbers * 4);
  }

  stop(): void {
    Atomics.store(this.#numbers, 0, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#numbers, 0) === 1;
  }

  /** From here on this target is at work. */
  enter(target: number): void {
    this.#target = target;
    this.#numbers[1] = target;
  }

  /** Writes down an input before it is tried. */
  note(input: Uint8Array): void {
    this.#input.set(input);
    this.#numbers[3] = input.length;
    this.#add(2);
    this.#add(counters + this.#target * perTarget);
  }

  answers(target: number, answers: number, accepted: number): void {
    this.#numbers[counters + target * perTarget + 1] = answers;
    this.#numbers[counters + target * perTarget + 2] = accepted;
  }

  /** Executions so far; grows beyond 2^31 by wrapping, so compare it for equality only. */
  get pulse(): number {
    return Atomics.load(this.#numbers, 2);
  }

  /** The target and the input at work. */
  get current(): { readonly target: number; readonly input: Uint8Array } {
    return { target: this.#numbers[1] ?? 0, input: Uint8Array.from(this.#input.subarray(0, this.#numbers[3] ?? 0)) };
  }

  record(target: number): TargetRecord {
    const [executions = 0, answers = 0, accepted = 0] = this.#numbers.subarray(counters + target * perTarget);
    return { executions: executions >>> 0, answers, accepted };
  }

  #add(at: number): void {
    this.#numbers[at] = (this.#numbers[at] ?? 0) + 1;
  }
}
