// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createBundle } from "@countersign/release/bundle/create-bundle";
import { anchorFile } from "@countersign/world/project";
import { type Attack, checks } from "./lab/attack.ts";
import { taken } from "./lab/base.ts";
import { labPlan, product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { platform } from "./lab/payload.ts";
import { believes, runs, strikeDevice } from "./lab/victim.ts";
import { replayControls } from "./replayed-repository.ts";

/** A bundle is genuine, and was made before somebody said no. Whoever carries it to a site without a network decides when it gets there. */
export const outdatedBundle: Attack = {
  name: "outdated-bundle",
  holds: "the bundles that are carried to a site without a network",
  takes: ["distribute"],
  async prepare({ scratch, project, stores, devices }, stack) {
    const { channel, bundleSeconds = 0 } = labPlan;
    const root = await readFile(anchorFile(project));
    const carried = async (
      store: string,
      name: string,
    ): Promise<{ readonly url: string; readonly kept: number; readonly bundle: string }> => {
      const mirror = stack.use(await startMirror(store));
      const bundle = join(scratch, `${name}.bundle`);
      const site = { url: mirror.url, product, channel, platforms: [platform], root } as const;
      taken(await createBundle(site, "release", bundle, { clock: () => mirror.kept }));
      return { url: "http://127.0.0.1:1", kept: mirror.kept, bundle };
    };
    const [first, second] = [await carried(stores.one, "first"), await carried(stores.two, "second")];
    const old = await readFile(join(stores.one, "metadata", "timestamp.json"));
    return [
      {
        does: "keeps a bundle back until its time is over, and brings a release by it that was revoked since",
        stoppedBy: checks("bundle/age"),
        strike: (without) =>
          strikeDevice(devices.one, { ...second, clockShiftSeconds: bundleSeconds + 60 }, without, runs(product, "hello 2.0.0")),
      },
      {
        does: "brings an older bundle to a device that has taken a newer one",
        // the last: no older bundle has the tree that would show what the device has seen
        stoppedBy: [...replayControls, { check: "tile-missing", without: "ledger/consistent" }],
        strike: (without) => strikeDevice(devices.two, first, without, believes("timestamp", old)),
      },
    ];
  },
};
