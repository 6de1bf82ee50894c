// SPDX-License-Identifier: Apache-2.0

/** Chance that can be repeated: the same seed draws the same numbers (sfc32, a small generator that passes PractRand). Never for keys. */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = 0x9e3779b9;
    for (let warm = 0; warm < 12; warm++) this.#next();
  }

  /** An integer from 0 to `bound` - 1; 0 for a bound below 1. */
  below(bound: number): number {
    return bound < 1 ? 0 : this.#next() % bound;
  }

  oneIn(odds: number): boolean {
    return this.below(odds) === 0;
  }

  /** One of a list that is not empty. */
  pick<T>(list: ArrayLike<T>): T {
    return list[this.below(list.length)] as T;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
