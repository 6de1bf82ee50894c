// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, planted, plantedOnAgent } from "./lab/attack.ts";
import { authenticator, passkeyOwner } from "./lab/authenticator.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { offered } from "./lab/offered.ts";
import { type TrojanRelease, thiefsTrojan } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** One approver's laptop has fallen, with the passkey and the finger that it asks for: it proposes and approves, in order and in the ledger, whatever it likes. */
export const stolenApprover: Attack = planted<TrojanRelease>({
  name: "stolen-approver",
  holds: "the laptop of one approver with its passkey, both keys of publish, and the server",
  takes: [passkeyOwner, "publish-snapshot", "publish-timestamp", "distribute"],
  plant: proposedAndApproved,
  async prepare(lab, stack, release) {
    const mirror = await offered(lab, stack, release);
    return [
      {
        does: "offers a trojan that its passkey proposed and approved, all of it in the ledger",
        stoppedBy: checks("channel/signatures", "channel/owners", "provenance/builders", "approvals/quorum"),
        strike: (without) => strikeDevice(lab.devices.one, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
  onAgent: plantedOnAgent<TrojanRelease>({
    plant: proposedAndApproved,
    async prepare(lab, stack, release) {
      const mirror = await offered(lab, stack, release);
      return [
        {
          does: "on the agent profile offers a trojan that its passkey proposed and approved, all of it in the ledger",
          stoppedBy: checks("channel/signatures", "channel/owners", "soak/read-past", "provenance/builders", "approvals/quorum"),
          strike: (without) => strikeDevice(lab.devices.one, mirror, without, runs(product, trojanWords)),
        },
      ];
    },
  }),
});

function proposedAndApproved(world: LiveWorld): Promise<TrojanRelease> {
  return thiefsTrojan(world, [], authenticator.key);
}
