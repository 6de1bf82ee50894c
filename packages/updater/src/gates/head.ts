// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { chooseRelease, liftedReleases, standingHead } from "@countersign/trust/release/choice";
import { type DeviceFacts, releaseChecks } from "@countersign/trust/release/device-checks";
import { approvalChecks, entryLoggedCheck, soakCheck, soakEnd } from "@countersign/trust/release/entry-checks";
import { type Entry, type Head, head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import { denialOf } from "@countersign/trust/revocation/list";
import type { TargetFile } from "@countersign/trust/tuf/meta";
import { channelPath, type Targets } from "@countersign/trust/tuf/targets";
import { readFile, stopped } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { done, type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";

/** A head as it was served, and the channel file that must list it. */
interface HeadSubject {
  readonly candidate: { readonly head: Head; readonly bytes: Uint8Array };
  readonly listed: TargetFile;
  readonly channel: Targets;
  readonly device: DeviceFacts;
}

const headChecks: readonly Check<HeadSubject>[] = [
  {
    name: "head/digest",
    source: "TUF 5.7: a target of the channel role",
    examine: ({ candidate: { bytes }, listed }) =>
      decide(
        sha256(bytes) === listed.hashes.sha256 && bytes.length === listed.length,
        `sha256 ${listed.hashes.sha256.slice(0, 12)}, ${listed.length} bytes`,
        `sha256 ${sha256(bytes).slice(0, 12)}, ${bytes.length} bytes`,
        "digest-mismatch",
        "This is not the head that the signing quorum signed; use another mirror.",
      ),
  },
  {
    name: "head/place",
    source: "arbitrary or wrong software",
    examine: ({ candidate, device }) =>
      decide(
        candidate.head.product === device.product &&
          candidate.head.platform === device.platform &&
          candidate.head.channel === device.channel,
        `${device.product} for ${device.platform} on ${device.channel}`,
        `${candidate.head.product} for ${candidate.head.platform} on ${candidate.head.channel}`,
        "wrong-target",
        "This head is another product's, platform's or channel's.",
      ),
  },
];

/** Gate 8: what the channel offers this device, computed here from statements and orders, and the device's own rules about it. */
export const headGate: Gate = gate({
  number: 8,
  name: "head: statements, orders, sequence, epoch, turn",
  checks: { head: headChecks, orders: [entryLoggedCheck, ...approvalChecks, soakCheck], release: releaseChecks },
  async pass(attempt, checks) {
    const offered = await readHead(attempt, checks.head);
    if (!offered.ok) return stop(offered.refusal);
    const holds = (order: Entry<Order>): boolean => attempt.note(judge({ candidate: order, ...entryContext(attempt) }, checks.orders)).ok;
    const { head, blocked } = standingHead(offered.value, holds);
    attempt.found.head = head;
    const lifted = liftedReleases(head);
    const { installed, memory } = attempt;
    const denials = allDenials(memory);
    const choice = chooseRelease(
      head,
      installed && { digest: installed.record.release, sequence: installed.record.sequence, floor: memory.sequenceFloor },
      (release) =>
        blocked.has(release.digest) ||
        memory.unwell.includes(release.digest) ||
        (!lifted.has(release.digest) && denialOf(release, denials, memory.time) !== undefined),
    );
    attempt.found.choice = choice;
    const { release, reason } = choice;
    if (release === undefined || reason === "current") return done;
    const end = soakEnd({ candidate: release, ...entryContext(attempt) });
    if (!end.ok) return stop(end.refusal);
    attempt.found.soakEnd = end.value;
    const judged = judge({ candidate: release, device: deviceFacts(attempt), reason, sinceSoak: memory.time - end.value }, checks.release);
    const mine = attempt.note(judged);
    return mine.ok ? goOn : stop(mine.refusal);
  },
});

async function readHead(attempt: Attempt, checks: readonly Check<HeadSubject>[]): Promise<Outcome<Head>> {
  const { product, platform, channel } = attempt.device;
  const path = channelPath(channel, product, platform, "head.json");
  const listed = attempt.channel.signed.targets[path];
  if (listed === undefined)
    return attempt.note(
      stopped(
        refuse(
          "nothing-for-this-device",
          path,
          "not listed",
          "Check product and platform of the device; or nothing was released for it yet.",
        ).refusal,
      ),
    );
  const bytes = await readFile(attempt.read, `targets/${channelPath(channel, product, platform, `${listed.hashes.sha256}.head.json`)}`);
  if (!bytes.ok) return attempt.note(stopped(bytes.refusal));
  const decoded = decodeBytes(head, bytes.value, "head.json");
  if (!decoded.ok) return attempt.note(stopped(decoded.refusal));
  const subject = {
    candidate: { head: decoded.value, bytes: bytes.value },
    listed,
    channel: attempt.channel.signed,
    device: deviceFacts(attempt),
  };
  const judged = attempt.note(judge(subject, checks));
  return judged.ok ? decoded : judged;
}

export function deviceFacts({ device, memory }: Attempt): DeviceFacts {
  return { ...device, epochFloor: memory.epochFloor, sequenceFloor: memory.sequenceFloor };
}

/** What the checks of releases and orders look at besides the entry itself. */
export function entryContext(attempt: Attempt): Pick<Parameters<typeof soakCheck.examine>[0], "policy" | "rules" | "ledger" | "time"> {
  return { policy: attempt.policy.policy, rules: attempt.rules, ledger: attempt.ledger, time: attempt.memory.time };
}
