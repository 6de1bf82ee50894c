// SPDX-License-Identifier: Apache-2.0
import { channelAuthority, channelChecks, type Targets, targets } from "@countersign/trust/anchor/targets";
import type { Envelope } from "@countersign/trust/envelope";
import { principalOf } from "@countersign/trust/policy/policy";
import { accept, refuse } from "@countersign/trust/refusal";
import { sidecarChecks } from "@countersign/trust/sidecar";
import { nextListedRole } from "@countersign/trust/workflow/listed-role";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import { stopped } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { type Gate, gate, goOn, stop } from "../gate.ts";

/** Gate 5: the channel's signing quorum, different owners, signed what the channel offers (TUF 5.6.7). */
export const channelGate: Gate = gate({
  number: 5,
  name: "channel",
  checks: { role: channelChecks, sidecar: sidecarChecks },
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
              stored: keptOfThisChannel(attempt),
              entry: snapshot?.signed.meta.get(`${channel}.json`) ?? accept(undefined),
              now: attempt.now,
            },
            attempt.read,
            checks.role,
          );
    const file = attempt.note(step);
    if (!file.ok) return stop(file.refusal);
    const sidecar = judgedBefore(attempt, file.value)
      ? accept(undefined)
      : attempt.note(await sidecarStep(channel, file.value, attempt.judges, attempt.read, checks.sidecar));
    if (!sidecar.ok) return stop(sidecar.refusal);
    attempt.found.channel = file.value;
    return goOn;
  },
});

/** The file that was kept, unless it is that of the channel that this device was set to before: versions of two channels are not one count. */
function keptOfThisChannel({ device, documents, memory }: Attempt): Envelope<Targets> | undefined {
  return memory.channel === undefined || memory.channel === device.channel ? documents.channel : undefined;
}

/** The same file under the same one policy as when both were stored: its sidecar need not be fetched again. */
function judgedBefore({ documents, policy, judges }: Attempt, channel: Envelope<Targets>): boolean {
  return documents.channel?.digest === channel.digest && documents.policy?.digest === policy.digest && judges.length === 1;
}
