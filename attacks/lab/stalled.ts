// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from "node:http";
import type { Strike } from "./attack.ts";
import { labPlan } from "./lab-plan.ts";
import { startMirror } from "./mirror.ts";
import { strikeDevice, type Victim } from "./victim.ts";

/** Two seconds beyond the longest time that the lab's policy gives a download: a device that is still at it was not stopped. */
const tooLong = (labPlan.download.totalSeconds + 2) * 1000;

/**
 * Plays a trick on the connection when the device asks for `path`, and gives up on the device when it has been at it for too long.
 * That is the attacker's success; `proof` says what it looks like.
 */
export async function strikeFor(
  device: string,
  store: string,
  path: string,
  trick: (response: ServerResponse) => void,
  without: readonly string[],
  proof: (victim: Victim) => Promise<string>,
): Promise<Strike> {
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const started = (response: ServerResponse): void => {
    timer ??= setTimeout(() => giveUp.abort(), tooLong);
    trick(response);
  };
  await using mirror = await startMirror(store, new Map([[path, started]]));
  try {
    return await strikeDevice(device, { ...mirror, giveUp: giveUp.signal }, without, async (victim) =>
      giveUp.signal.aborted ? proof(victim) : undefined,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** For what is bounded always: there is no success to prove. */
export async function never(): Promise<undefined> {
  return undefined;
}
