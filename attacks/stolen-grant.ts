// SPDX-License-Identifier: Apache-2.0
import { proofKey } from "@countersign/federation/dpop";
import { startJob } from "@countersign/world/ci-job";
import { type Attack, checks } from "./lab/attack.ts";
import { taken } from "./lab/base.ts";
import { startGoverns, startPlatform } from "./lab/granting-govern.ts";

/** A credential leaks from a log, a proxy or a laptop, as sessions did from CircleCI in 2023: without the key, which cannot leave its process. */
export const stolenGrant: Attack = {
  name: "stolen-grant",
  holds: "a grant of the pipeline, as it was sent, without the key that it is bound to",
  async prepare(lab, stack) {
    const platforms = await startPlatform(lab, stack);
    const job = await startJob(lab.project, { platforms }, "1".repeat(40));
    return [
      {
        does: "uses it with a key of its own",
        stoppedBy: checks("grant/bound"),
        async strike(without) {
          await using governs = await startGoverns(lab, platforms, without);
          const grant = taken(await governs.exchange(job, await proofKey()));
          return await governs.use(grant, await proofKey());
        },
      },
      {
        does: "uses it with a proof of the pipeline's key, for another grant",
        stoppedBy: checks("proof/grant"),
        async strike(without) {
          await using governs = await startGoverns(lab, platforms, without);
          const key = await proofKey();
          const [grant, other] = [taken(await governs.exchange(job, key)), taken(await governs.exchange(job, key))];
          return await governs.use(grant, key, other);
        },
      },
    ];
  },
};
