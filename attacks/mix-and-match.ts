// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** Files that were never published together are served as if they had been. */
export const mixAndMatch: Attack = {
  name: "mix-and-match",
  holds: "a server, and copies of the repository from several days",
  takes: ["distribute"],
  async prepare({ project, stores, devices }, stack) {
    const [before, now] = [await openBase(project, stores.one), await openBase(project, stores.two)];
    const mixed = new Map([[`metadata/${now.channel.signed.version}.stable.json`, before.channel.bytes]]);
    const mirror = stack.use(await startMirror(stores.two, mixed));
    return [
      {
        does: "serves the channel file of release 1 inside the repository of release 2",
        stoppedBy: checks("channel/listed"),
        strike: (without) => strikeDevice(devices.newborn, mirror, without, runs(product, "hello 1.0.0")),
      },
    ];
  },
};
