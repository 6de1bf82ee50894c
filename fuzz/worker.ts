// SPDX-License-Identifier: Apache-2.0
import { parentPort, workerData } from "node:worker_threads";
import { Campaign } from "./campaign.ts";
import { Chance } from "./chance.ts";
import { seedsOf } from "./corpus.ts";
import { Logbook } from "./logbook.ts";
import { targetsNamed } from "./targets.ts";

/** What a worker is told. */
export interface Orders {
  readonly seed: number;
  readonly stream: number;
  readonly targets: readonly string[];
  readonly memory: SharedArrayBuffer;
}

// One core's share: turn after turn over the targets, until the supervisor ends the thread.

const { seed, stream, targets, memory } = workerData as Orders;
const logbook = new Logbook(memory);
const chance = new Chance(seed, stream);
const campaigns = targetsNamed(targets).map((target) => new Campaign(target, seedsOf(target)));

while (!logbook.stopped) {
  for (const [index, campaign] of campaigns.entries()) {
    logbook.enter(index);
    const finding = await campaign.turn(campaign.target.turn, chance, (input) => logbook.note(input));
    logbook.answers(index, campaign.answers, campaign.accepted);
    if (finding !== undefined) parentPort?.postMessage(finding);
    if (logbook.stopped) break;
  }
}
