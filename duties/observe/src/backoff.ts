// SPDX-License-Identifier: Apache-2.0

const FIRST_MILLISECONDS = 1000;
const LONGEST_MILLISECONDS = 300_000;

/** What failed is tried again after a second, then after twice as long each time, up to five minutes. Times are Unix milliseconds. */
export class Backoff {
  #failures = 0;
  #next = 0;

  isDue(now: number): boolean {
    return now >= this.#next;
  }

  failed(now: number): void {
    this.#next = now + Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** this.#failures);
    this.#failures++;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#next = 0;
  }
}
