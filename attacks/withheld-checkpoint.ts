// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { relist } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/**
 * Witnessed time moves by checkpoints alone. Who keeps new ones back, and dates the repository anew by an old one, keeps a device for good at a moment at which
 * nothing had been revoked: every list is fresh there.
 */
export const withheldCheckpoint: Attack = {
  name: "withheld-checkpoint",
  holds: "the log, both keys of publish, and the server",
  takes: ["ledger", "publish-snapshot", "publish-timestamp", "distribute"],
  async prepare({ project, stores, devices }, stack) {
    const base = await openBase(project, stores.two);
    const { kept } = stack.use(await startMirror(stores.twoRevoked));
    const still = stack.use(await startMirror(stores.two, await relist(base, {}, await publishKeys(project))));
    return [
      {
        does: "keeps dating the repository by the last checkpoint from before release 2 was revoked",
        stoppedBy: checks("revocations/fresh"),
        strike: (without) => strikeDevice(devices.one, { ...still, kept }, without, runs(product, "hello 2.0.0")),
      },
    ];
  },
};
