// SPDX-License-Identifier: Apache-2.0
import { proofKey } from "@countersign/federation/dpop";
import { startJob } from "@countersign/world/ci-job";
import { type Attack, checks } from "./lab/attack.ts";
import { taken } from "./lab/base.ts";
import { startGoverns, startPlatform, strikeOf } from "./lab/granting-govern.ts";

/** A CI job has fallen while a window was open: its grant, the key of the grant, and whatever tokens the platform signs about it. */
export const windowOutlived: Attack = {
  name: "window-outlived",
  holds: "a CI job of the pipeline, with a grant in hand and its key, after the window was closed",
  async prepare(lab, stack) {
    const platforms = await startPlatform(lab, stack);
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
    ];
  },
};
