// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** Whoever owns the server, or the network before it, serves other bytes under the name of a release. */
export const swappedBytes: Attack = {
  name: "swapped-bytes",
  holds: "the server that devices download from",
  takes: ["distribute"],
  async prepare({ project, stores, devices, trojan }, stack) {
    const { head } = await openBase(project, stores.two);
    const names = head.releases.flatMap(({ body }) => body.artifacts.map(({ sha256 }) => `artifacts/${sha256}`));
    const mirror = stack.use(await startMirror(stores.two, new Map(names.map((name) => [name, trojan.bytes]))));
    return [
      {
        does: "serves a trojan under the digest of every release",
        stoppedBy: checks("download/length-cap", "download/digest"),
        strike: (without) => strikeDevice(devices.newborn, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
};
