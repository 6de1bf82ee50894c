// SPDX-License-Identifier: Apache-2.0
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { relist } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** A device that lost its programs but not its memory is to take release 1 again, whose holes are known by now. */
export const rollback: Attack = {
  name: "rollback",
  holds: "both keys of publish, the server, and a way to make a device lose its installed versions",
  takes: ["publish-snapshot", "publish-timestamp", "distribute"],
  async prepare({ project, stores, devices, scratch }, stack) {
    const emptied = join(scratch, "device-2-emptied");
    await cp(devices.two, emptied, { recursive: true, verbatimSymlinks: true });
    for (const name of ["slots", "current"]) await rm(join(emptied, name), { recursive: true });

    const base = await openBase(project, stores.two);
    const { channel } = await openBase(project, stores.one);
    const old = { "stable.json": { version: channel.signed.version, bytes: channel.bytes } };
    const mirror = stack.use(await startMirror(stores.two, await relist(base, old, await publishKeys(project))));
    return [
      {
        does: "lists the channel file of release 1 again, in a new snapshot",
        stoppedBy: checks("snapshot/roles-versions", "channel/version", "release/sequence", "release/epoch"),
        strike: (without) => strikeDevice(emptied, mirror, without, runs(product, "hello 1.0.0")),
      },
    ];
  },
};
