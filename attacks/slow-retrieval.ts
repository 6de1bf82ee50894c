// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { drip, silent, startMirror } from "./lab/mirror.ts";
import { never, strikeFor } from "./lab/stalled.ts";
import { strikeDevice } from "./lab/victim.ts";

/** Always about to come, never there: the device is kept from the update that it needs, and does not know it. */
export const slowRetrieval: Attack = {
  name: "slow-retrieval",
  holds: "a server",
  takes: ["distribute"],
  async prepare({ project, stores, devices }, stack) {
    const { last } = await openBase(project, stores.two);
    const artifact = `artifacts/${last.body.artifacts[0]?.sha256}`;
    const metadata = stack.use(await startMirror(stores.two, new Map([["metadata/timestamp.json", silent]])));
    const waits = async (): Promise<string> => "the device waits, longer than its policy lets it";
    return [
      {
        does: "sends the first byte of an artifact and falls silent",
        stoppedBy: checks("download/rate"),
        strike: (without) => strikeFor(devices.one, stores.two, artifact, silent, without, waits),
      },
      {
        does: "sends an artifact byte by byte, three in a second",
        stoppedBy: checks("download/rate"),
        strike: (without) => strikeFor(devices.one, stores.two, artifact, drip(300), without, waits),
      },
      {
        does: "sends the first byte of a timestamp and falls silent",
        stoppedBy: [],
        bound: "too-slow",
        strike: (without) => strikeDevice(devices.one, metadata, without, never),
      },
    ];
  },
};
