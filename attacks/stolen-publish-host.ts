// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, planted, plantedOnAgent } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { startMirror } from "./lab/mirror.ts";
import { forgedReadThroughs } from "./lab/read-throughs.ts";
import { type TrojanRelease, thiefsTrojan } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** What stands between the publish host and a device on every profile: the signers, the builders and the people, of whom it is none. */
const others = ["channel/signatures", "channel/owners", "provenance/builders", "approvals/proposer", "approvals/quorum"] as const;

/** The publish host has fallen with everything on it: it signs snapshots and timestamps, writes the store, and has logged whatever it likes. */
export const stolenPublishHost: Attack = planted<TrojanRelease>({
  name: "stolen-publish-host",
  holds: "the publish host: both of its keys, the ledger's, the store to write to",
  takes: ["publish-snapshot", "publish-timestamp", "ledger", "distribute"],
  plant: signedByPublish,
  async prepare({ project, stores, devices }, stack, release) {
    const base = await openBase(project, stores.oneLater);
    const listed = await relist(base, { "stable.json": release.channel.file }, await publishKeys(project));
    const mirror = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
    return [
      {
        does: "logs, uploads and lists a trojan with provenance, approvals and a channel file of its own",
        stoppedBy: checks(...others),
        strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
  onAgent: plantedOnAgent<TrojanRelease>({
    plant: signedByPublish,
    async prepare({ project, stores, devices }, stack, release) {
      const base = await openBase(project, stores.oneLater);
      const listed = await relist(base, { "stable.json": release.channel.file }, await publishKeys(project));
      const files = together(release.files, listed);
      const mirror = stack.use(await startMirror(stores.oneLater, files));
      const lying = stack.use(await startMirror(stores.oneLater, together(files, await forgedReadThroughs(project, base, "ledger"))));
      return [
        {
          does: "does the same on the agent profile, where no monitor has read what it logged",
          stoppedBy: checks(...others, "soak/read-past"),
          strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
        },
        {
          does: "says there in the monitors' names, with the ledger's key, that they have read it",
          stoppedBy: [...checks(...others), { check: "soak/read-past", without: "readthrough/monitor" }],
          strike: (without) => strikeDevice(devices.one, lying, without, runs(product, trojanWords)),
        },
      ];
    },
  }),
});

async function signedByPublish(world: LiveWorld): Promise<TrojanRelease> {
  const { snapshot, timestamp } = await publishKeys(world.project);
  return thiefsTrojan(world, [snapshot, timestamp]);
}
