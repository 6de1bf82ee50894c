// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { endless, startMirror } from "./lab/mirror.ts";
import { never, strikeFor } from "./lab/stalled.ts";
import { strikeDevice } from "./lab/victim.ts";

/** A body without end, to fill the disk or the memory of whoever asked. */
export const endlessData: Attack = {
  name: "endless-data",
  holds: "a server",
  takes: ["distribute"],
  async prepare({ project, stores, devices }, stack) {
    const { last } = await openBase(project, stores.two);
    const [wanted] = last.body.artifacts;
    const artifact = `artifacts/${wanted?.sha256}`;
    const metadata = stack.use(await startMirror(stores.two, new Map([["metadata/timestamp.json", endless(40_000_000)]])));
    return [
      {
        does: "sends an artifact and does not stop",
        stoppedBy: checks("download/length-cap", "download/rate"),
        strike: (without) =>
          strikeFor(devices.one, stores.two, artifact, endless(2_000_000), without, async ({ directory }) => {
            const { size } = await stat(join(directory, "downloads", `${wanted?.sha256}.part`));
            return `the device has taken ${size} bytes and goes on`;
          }),
      },
      {
        does: "sends a timestamp and does not stop",
        stoppedBy: [],
        bound: "length-exceeded",
        strike: (without) => strikeDevice(devices.one, metadata, without, never),
      },
    ];
  },
};
