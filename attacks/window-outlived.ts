// SPDX-License-Identifier: Apache-2.0
import { proofKey } from "@countersign/federation/dpop";
import { startJob } from "@countersign/world/ci-job";
import { type Attack, checks } from "./lab/attack.ts";
import { taken } from "./lab/base.ts";
import { startGoverns, startPlatform, strikeOf } from "./lab/granting-govern.ts";
import { withLeftGovern } from "./lab/left-govern.ts";
import { strikeOf as answered, tookIt } from "./lab/own-govern.ts";

/** What was granted while a window was open has fallen into wrong hands: the grant and key of a CI job and whatever tokens its platform signs, and those of daemons. */
export const windowOutlived: Attack = {
  name: "window-outlived",
  holds: "a CI job of the pipeline, a signer or publish, with a grant in hand and its key, after the window was closed",
  async prepare(lab, stack) {
    const platforms = await startPlatform(lab, stack);
    const { publish, signers } = lab.project.plan;
    const [first = "", second = ""] = signers.holders.map(({ holder }) => holder);
    const job = await startJob(lab.project, { platforms }, "1".repeat(40));
    return [
      {
        does: "uses the grant in hand, at another process than the one where the window was closed",
        stoppedBy: checks("use/window"),
        async strike(without) {
          await using governs = await startGoverns(lab, platforms, without);
          const key = await proofKey();
          const grant = taken(await governs.exchange(job, key));
          await governs.close();
          return await governs.use(grant, key);
        },
      },
      {
        does: "exchanges a new token of its job for another grant in the same window",
        stoppedBy: checks("issue/window"),
        async strike(without) {
          await using governs = await startGoverns(lab, platforms, without);
          await governs.close();
          return strikeOf(await governs.exchange(job, await proofKey()));
        },
      },
      {
        does: "has a signer's grant in hand, and sends the signature of a release that waited for it",
        stoppedBy: checks("use/window"),
        strike: (without) =>
          withLeftGovern(lab, without, async (govern) => {
            const held = await govern.hold(first, "sign");
            await govern.close();
            return answered(await govern.sign(first, held), "use/window", "window-not-open");
          }),
      },
      {
        does: "sends the signature without any grant",
        stoppedBy: checks("duty/granted"),
        strike: (without) =>
          withLeftGovern(lab, without, async (govern) => {
            await govern.close();
            return answered(await govern.sign(first), "duty/granted", "grant-missing");
          }),
      },
      {
        does: "sends the signature under a grant of another owner's signer, while the window is open",
        stoppedBy: checks("duty/own-grant"),
        strike: (without) =>
          withLeftGovern(lab, without, async (govern) =>
            answered(await govern.sign(first, await govern.hold(second, "sign")), "duty/own-grant", "grant-of-another-owner"),
          ),
      },
      {
        does: "has publish's grant in hand, and asks to show what was signed in time",
        stoppedBy: checks("use/window"),
        strike: (without) =>
          withLeftGovern(lab, without, async (govern) => {
            for (const signer of [first, second]) tookIt(await govern.sign(signer, await govern.hold(signer, "sign")));
            const held = await govern.hold(publish.holder, "publish");
            await govern.close();
            return answered(await govern.show(held), "use/window", "window-not-open");
          }),
      },
    ];
  },
};
