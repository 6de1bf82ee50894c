// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, planted } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { startHonestGovern, strikeObserver } from "./lab/fooled-observer.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { startMirror } from "./lab/mirror.ts";
import { loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";

/** Enough keys have fallen for a release that nothing refuses: the pipeline, an issuer, an approver, the signing quorum and publish. What they do not have is a window. */
export const releaseWithoutIntent: Attack = planted<TrojanRelease>({
  name: "release-without-intent",
  holds:
    "the keys of the proposer, the build issuer, an approver, the signing quorum and publish: all that a release takes; govern is honest, and gone around",
  plant: async (world) => {
    const signers = await Promise.all(world.project.plan.signers.holders.map(({ holder }) => keyOf(world.project, holder)));
    return loggedTrojan(world, { signers });
  },
  async prepare(lab, stack, release) {
    const { project, stores } = lab;
    const base = await openBase(project, stores.oneLater);
    const listed = await relist(base, { [`${project.plan.channel}.json`]: release.channel.file }, await publishKeys(project));
    const files = together(release.files, listed);
    const served = [stores.oneLater, stores.twoRevoked].map(async (store) => stack.use(await startMirror(store, files)).url);
    const govern = await startHonestGovern(lab, stack);
    const kinds = ["release-without-intent", "identity-without-grant", "build-without-grant"];
    const shown = { stores: await Promise.all(served), config: { govern }, kinds, about: release.entry.digest };
    return [
      {
        does: "releases while no window is open, with everything else in order",
        stoppedBy: checks(...kinds),
        strike: (without) => strikeObserver(lab, shown, without),
      },
    ];
  },
});
