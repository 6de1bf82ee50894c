// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Attack, type Control, checks } from "./lab/attack.ts";
import { startMirror } from "./lab/mirror.ts";
import { believes, strikeDevice } from "./lab/victim.ts";

/** What stands in the way of a state that a device has moved on from, each alone. */
export const replayControls: readonly Control[] = checks(
  "timestamp/version",
  "timestamp/snapshot-version",
  "timestamp/ledger-size",
  "snapshot/version",
  "snapshot/roles-versions",
  "channel/version",
);

/** Every byte is genuine, and all of it is from before release 2. */
export const replayedRepository: Attack = {
  name: "replayed-repository",
  holds: "a server, and a copy of the repository as it once was",
  takes: ["distribute"],
  async prepare({ stores, devices }, stack) {
    const old = await readFile(join(stores.one, "metadata", "timestamp.json"));
    const lists = await readFile(join(stores.one, "revocations", "latest"));
    // Files with a version or a digest in their name never change, so that these two are all that is old.
    const replayed = new Map([
      ["metadata/timestamp.json", old],
      ["revocations/latest", lists],
    ]);
    const mirror = stack.use(await startMirror(stores.two, replayed));
    return [
      {
        does: "serves the repository as it was before to a device that knows it as it is now",
        stoppedBy: replayControls,
        strike: (without) => strikeDevice(devices.two, mirror, without, believes("timestamp", old)),
      },
    ];
  },
};
