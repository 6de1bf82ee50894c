// SPDX-License-Identifier: Apache-2.0
import { Chance } from "../fuzz/chance.ts";
import { type Examination, examine } from "./examination.ts";
import { laneOf, liveAndDie } from "./lane.ts";
import { layGround } from "./witnessed-log.ts";

export interface Campaign {
  /** Where keys, states and logs are; the caller removes it. */
  readonly directory: string;
  readonly kills: number;
  /** Logs that live and die beside one another. */
  readonly lanes: number;
  readonly seed: number;
  readonly progress?: (kills: number) => void;
  /** Ends it early: what was killed so far is examined. */
  readonly signal?: AbortSignal;
}

/** Kills ledgers with SIGKILL, so many times in all, and examines what is left of each log. */
export async function killAgain({ directory, kills, lanes, seed, progress, signal }: Campaign): Promise<readonly Examination[]> {
  await using ground = await layGround(directory, lanes);
  let begun = 0;
  let killed = 0;
  const stopped = (): boolean => signal?.aborted === true;
  return await Promise.all(
    ground.logs.map(async (log, which) => {
      const lane = laneOf(log);
      const chance = new Chance(seed, which);
      while (begun < kills && !stopped()) {
        begun++;
        try {
          await liveAndDie(lane, chance);
          progress?.(++killed);
        } catch (error) {
          if (!stopped()) throw error; // a terminal interrupts the ledger that was starting, too
        }
      }
      return examine(lane);
    }),
  );
}
