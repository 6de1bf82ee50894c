// SPDX-License-Identifier: Apache-2.0
import type { MonitorHeard } from "@countersign/release/heartbeats";
import type { Refusal } from "@countersign/trust/refusal";

/** A monitor that was not heard as it should be. */
export interface Silence {
  readonly monitor: string;
  /** When it was last heard, witnessed, Unix seconds; 0 where it never was. */
  readonly time: number;
  readonly refusal: Refusal;
  /** For how long this observer has listened in vain, by its own clock: all of them are silent for a moment when everything starts. */
  readonly seconds: number;
}

/** Remembers since when each monitor has been silent. */
export class Listening {
  readonly #since = new Map<string, number>();

  /** `now`: Unix milliseconds. */
  hear(heard: readonly MonitorHeard[], now: number): readonly Silence[] {
    return heard.flatMap(({ monitor, time, outcome }) => {
      if (outcome.ok) {
        this.#since.delete(monitor);
        return [];
      }
      const since = this.#since.get(monitor) ?? now;
      this.#since.set(monitor, since);
      return [{ monitor, time, refusal: outcome.refusal, seconds: (now - since) / 1000 }];
    });
  }
}
