// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDuty } from "@countersign/daemon/child";
import { type Attack, checks } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { strikeSigner } from "./lab/fooled-signer.ts";
import { channelWith, entryOf } from "./lab/forge.ts";
import { attackersKey } from "./lab/keys.ts";

/**
 * Govern has fallen, and the pipeline that proposes with it. It asks the signers to release once more what was released before: bytes
 * and provenance are genuine, so that only people and the public record are missing.
 */
export const forgedApproval: Attack = {
  name: "forged-approval",
  holds: "govern, and the key that proposes",
  takes: ["govern", "ci"],
  async prepare(lab, stack) {
    const { project, stores, scratch } = lab;
    const config = join(scratch, "distribute.json");
    await writeFile(config, JSON.stringify({ port: 0, store: stores.oneLater }));
    const distribute = await startDuty(fileURLToPath(import.meta.resolve("@countersign/distribute/main")), config);
    stack.defer(() => distribute.stop());

    const base = await openBase(project, stores.oneLater);
    const proposer = await keyOf(project, project.plan.proposer.holder);
    const again = { ...base.last.body, version: "6.6.6", sequence: base.last.body.sequence + 1, predecessor: base.last.digest };
    const approvedBy = async (...approvers: Parameters<typeof entryOf>[1]) => {
      const entry = await entryOf(again, [["propose", proposer], ...approvers], async () => base.last.proof);
      return { entry, channel: await channelWith(base, entry, []) };
    };
    const [first = "", second = ""] = project.plan.signers.holders.map(({ holder }) => holder);
    const byNobodyKnown = await approvedBy(["approve", attackersKey()]);
    const byItself = await approvedBy(["approve", proposer]);
    return [
      {
        does: "asks a signer for a release that a key of the attacker's own approved",
        stoppedBy: checks("approvals/quorum", "entry/logged"),
        strike: (without) => strikeSigner(lab, first, distribute.url, byNobodyKnown, without),
      },
      {
        does: "asks a signer for a release that its proposer approved",
        stoppedBy: checks("approvals/quorum", "entry/logged"),
        strike: (without) => strikeSigner(lab, second, distribute.url, byItself, without),
      },
    ];
  },
};
