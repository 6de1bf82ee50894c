// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Attack, checks } from "./lab/attack.ts";
import { startMirror } from "./lab/mirror.ts";
import { believes, strikeDevice } from "./lab/victim.ts";

const twoDays = 2 * 86_400;

/** The server stands still: what it serves is genuine and was the newest, until somebody decided that this device shall see no more. */
export const freeze: Attack = {
  name: "freeze",
  holds: "a server, and a copy of the repository as it was two days ago",
  takes: ["distribute"],
  async prepare({ stores, devices }, stack) {
    const mirror = stack.use(await startMirror(stores.one));
    const last = await readFile(join(stores.one, "metadata", "timestamp.json"));
    const twoDaysLater = { ...mirror, clockShiftSeconds: twoDays };
    return [
      {
        does: "serves a repository two days after its last timestamp, which was good for one",
        stoppedBy: checks("timestamp/expiry"),
        strike: (without) => strikeDevice(devices.one, twoDaysLater, without, believes("timestamp", last)),
      },
    ];
  },
};
