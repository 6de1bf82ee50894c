// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks } from "./lab/attack.ts";
import { openBase } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { unloggedTrojan } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** Publish has fallen: snapshot and timestamp say whatever the attacker wants, and list a channel file that publish's own keys signed. */
export const stolenPublishKey: Attack = {
  name: "stolen-publish-key",
  holds: "both keys of publish, and the server",
  takes: ["publish-snapshot", "publish-timestamp", "distribute"],
  async prepare(lab, stack) {
    const { project, stores, devices } = lab;
    const base = await openBase(project, stores.oneLater);
    const stolen = await publishKeys(project);
    const release = await unloggedTrojan(lab, base, [stolen.snapshot, stolen.timestamp]);
    const listed = await relist(base, { [`${project.plan.channel}.json`]: release.channel.file }, stolen);
    const mirror = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
    return [
      {
        does: "lists a channel file with a trojan, signed with the keys of publish",
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
};
