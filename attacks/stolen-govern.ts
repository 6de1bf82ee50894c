// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, planted, plantedOnAgent } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { strikeSigner } from "./lab/fooled-signer.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { type AgentLab, trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { startMirror } from "./lab/mirror.ts";
import { governsTrojan, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/**
 * Govern's host has fallen: its database, its memory, its credentials. It issues what grants it likes, so that its build is certified, and has logged all of it; for the
 * devices, the publish host has fallen with it. What it cannot make is what people sign.
 */
export const stolenGovern: Attack = planted<TrojanRelease>({
  name: "stolen-govern",
  holds: "govern's host: database, memory, the key that signs grants; for the devices, the publish host besides",
  takes: ["govern", "publish-snapshot", "publish-timestamp", "distribute"],
  plant: madeByGovern,
  async prepare(lab, stack, release) {
    const { signer, plain, mirror } = await offered(lab, stack, release);
    const { devices } = lab;
    return [
      {
        does: "asks a signer for a release that nobody approved, built under a grant of its own and logged",
        stoppedBy: checks("approvals/proposer", "approvals/quorum"),
        strike: (without) => strikeSigner(lab, signer, plain.url, release, without),
      },
      {
        does: "offers it to a device, listed by the publish host",
        stoppedBy: checks("channel/signatures", "channel/owners", "approvals/proposer", "approvals/quorum"),
        strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
  onAgent: plantedOnAgent<TrojanRelease>({
    plant: madeByGovern,
    async prepare(lab, stack, release) {
      const { signer, plain, mirror } = await offered(lab, stack, release);
      const { devices } = lab;
      return [
        {
          does: "asks a signer on the agent profile, where no monitor has read it either",
          stoppedBy: checks("approvals/proposer", "approvals/quorum", "soak/read-past"),
          strike: (without) => strikeSigner(lab, signer, plain.url, release, without),
        },
        {
          does: "offers it to a device on the agent profile, listed by the publish host",
          stoppedBy: checks("channel/signatures", "channel/owners", "approvals/proposer", "approvals/quorum", "soak/read-past"),
          strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
        },
      ];
    },
  }),
});

async function madeByGovern(world: LiveWorld): Promise<TrojanRelease> {
  const { snapshot, timestamp } = await publishKeys(world.project);
  return governsTrojan(world, [snapshot, timestamp]);
}

/** The release as a signer is asked for it, and as a device finds it, listed by the publish host. */
async function offered({ project, stores }: Pick<AgentLab, "project" | "stores">, stack: AsyncDisposableStack, release: TrojanRelease) {
  const plain = stack.use(await startMirror(stores.oneLater, release.files));
  const base = await openBase(project, stores.oneLater);
  const listed = await relist(base, { "stable.json": release.channel.file }, await publishKeys(project));
  const mirror = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
  const [signer = ""] = project.plan.signers.holders.map(({ holder }) => holder);
  return { signer, plain, mirror };
}
