// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, plantedOnAgent } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { startMirror } from "./lab/mirror.ts";
import { type TrojanRelease, thiefsTrojan, unloggedTrojan } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** One signer's host has fallen, with its memory and its record, and publish with it: the channel file that offers the trojan carries one genuine signature. */
export const stolenSigner: Attack = {
  name: "stolen-signer",
  holds: "the key of one signer, both keys of publish, and the server",
  takes: ["sign-ana", "publish-snapshot", "publish-timestamp", "distribute"],
  async prepare(lab, stack) {
    const { project, stores, devices } = lab;
    const base = await openBase(project, stores.oneLater);
    const [fallen = ""] = project.plan.signers.holders.map(({ holder }) => holder);
    const release = await unloggedTrojan(lab, base, [await keyOf(project, fallen)]);
    const listed = await relist(base, { [`${project.plan.channel}.json`]: release.channel.file }, await publishKeys(project));
    const mirror = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
    return [
      {
        does: "offers a trojan in a channel file with one real signature, without approvals, honest provenance or ledger entries",
        stoppedBy: checks(
          "channel/signatures",
          "channel/owners",
          "channel/logged",
          "entry/logged",
          "provenance/builders",
          "provenance/logged",
          "approvals/proposer",
          "approvals/quorum",
        ),
        strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
  onAgent: plantedOnAgent<TrojanRelease>({
    plant: signedByOne,
    async prepare({ project, stores, devices }, stack, release) {
      const base = await openBase(project, stores.oneLater);
      const listed = await relist(base, { "stable.json": release.channel.file }, await publishKeys(project));
      const mirror = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
      return [
        {
          does: "on the agent profile offers a trojan with one real signature and everything else of its own making, all of it in the ledger",
          stoppedBy: checks(
            "channel/signatures",
            "channel/owners",
            "soak/read-past",
            "provenance/builders",
            "approvals/proposer",
            "approvals/quorum",
          ),
          strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
        },
      ];
    },
  }),
};

async function signedByOne(world: LiveWorld): Promise<TrojanRelease> {
  const [fallen = ""] = world.project.plan.signers.holders.map(({ holder }) => holder);
  return thiefsTrojan(world, [await keyOf(world.project, fallen)]);
}
