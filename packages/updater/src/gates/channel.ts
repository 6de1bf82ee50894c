// SPDX-License-Identifier: Apache-2.0
import { principalOf } from "@countersign/trust/policy/policy";
import { refuse } from "@countersign/trust/refusal";
import { channelAuthority, channelChecks, targets } from "@countersign/trust/tuf/targets";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { stopped } from "@countersign/trust/workflow/step";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 5: the channel's signing quorum, different owners, signed what the channel offers (TUF 5.6.7). */
export const channelGate: Gate = gate({
  number: 5,
  name: "channel",
  checks: { role: channelChecks },
  async pass(attempt, checks) {
    const { channel } = attempt.device;
    const { targets: top, snapshot } = attempt.found;
    const authority = top && channelAuthority(top.signed, channel);
    const step =
      authority === undefined
        ? stopped(
            refuse("unknown-channel", "a channel that targets delegates to", channel, "Set the device to a channel that exists.").refusal,
          )
        : await nextListedRole(
            {
              role: channel,
              decoder: targets,
              authority,
              ownerOf: (keyid) => principalOf(attempt.policy.policy, keyid),
              stored: attempt.documents.channel,
              listed: snapshot?.signed.meta[`${channel}.json`],
              now: attempt.now,
            },
            attempt.read,
            checks.role,
          );
    const file = attempt.note(step);
    if (!file.ok) return stop(file.refusal);
    attempt.found.channel = file.value;
    return goOn;
  },
});
