// SPDX-License-Identifier: Apache-2.0
import { channelPath, type TargetFile, type Targets } from "@countersign/trust/anchor/targets";
import { type Check, decide, judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { type ReadPastSubject, readPastCheck, readThroughChecks } from "@countersign/trust/readthrough/checks";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { chooseRelease, standingHead } from "@countersign/trust/release/choice";
import { type DeviceFacts, releaseChecks } from "@countersign/trust/release/device-checks";
import { approvalChecks, type EntrySubject, entryLoggedCheck, soakCheck } from "@countersign/trust/release/entry-checks";
import { type Head, head } from "@countersign/trust/release/head";
import { offerOf } from "@countersign/trust/release/offer";
import { narrows } from "@countersign/trust/release/order";
import { type OrderDenialSubject, orderDenialCheck } from "@countersign/trust/revocation/checks";
import { readFile, stopped } from "@countersign/trust/workflow/step";
import type { Attempt } from "../attempt.ts";
import { done, type Gate, gate, goOn, stop } from "../gate.ts";
import { allDenials } from "../memory.ts";
import { hearMonitors } from "../monitors.ts";
import { type ConsistencySubject, consistentCheck, provenInOneLedger } from "../one-ledger.ts";
import { saveTrustStore } from "../trust-store.ts";
import { contextsOf, judgeUnderEach, rulesOf } from "../under-policies.ts";

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

const orderChecks: readonly Check<EntrySubject & ReadPastSubject & OrderDenialSubject>[] = [
  entryLoggedCheck,
  ...approvalChecks,
  orderDenialCheck,
  soakCheck,
  readPastCheck,
];

/** Gate 8: what the channel offers this device, computed here from statements and orders, and the device's own rules about it. */
export const headGate: Gate = gate({
  number: 8,
  name: "head: statements, orders, sequence, epoch, turn",
  checks: {
    head: headChecks,
    readThrough: readThroughChecks,
    readOf: [consistentCheck("readthrough")],
    orders: orderChecks,
    consistency: [consistentCheck("order")],
    release: releaseChecks,
  },
  async pass(attempt, checks) {
    const offered = await readHead(attempt, checks.head);
    if (!offered.ok) return stop(offered.refusal);
    const { isNew, ...of } = offered.value;
    const elsewhere = isNew ? await ordersElsewhere(attempt, of.head.orders, checks.consistency) : new Set();
    if (isNew && elsewhere.size === 0) await keepHead(attempt, of);
    const waits = of.head.orders.some(({ body }) => !narrows(body));
    const denials = allDenials(attempt.memory);
    const heard = waits ? await hearMonitors(attempt, checks.readThrough, checks.readOf) : new Map();
    const { head, blocked } = standingHead(
      of.head,
      (candidate) =>
        !elsewhere.has(candidate.digest) &&
        judgeUnderEach(
          attempt,
          (context) => ({ candidate, ...context, denials, readThroughs: heard.get(context.policy) ?? [] }),
          checks.orders,
        ).ok,
    );
    attempt.found.head = head;
    const { installed, memory } = attempt;
    const running = installed && { digest: installed.record.release, sequence: installed.record.sequence, floor: memory.sequenceFloor };
    const { time, unwell } = memory;
    const offer = offerOf({
      head,
      blocked,
      rules: rulesOf(attempt),
      ledger: attempt.ledger,
      time,
      device: attempt.device.id,
      epochFloor: memory.epochFloor,
      denials,
      unwell,
    });
    const choice = chooseRelease(head, running, offer);
    attempt.found.choice = choice;
    const { release: candidate, reason } = choice;
    if (candidate === undefined || reason === "current") return done;
    const end = offer.soakEnd(candidate);
    if (!end.ok) return stop(end.refusal);
    const lastEnd = offer.lastSoakEnd(candidate);
    if (!lastEnd.ok) return stop(lastEnd.refusal);
    attempt.found.soakEnd = lastEnd.value;
    const soaked = memory.time >= end.value;
    const mine = attempt.note(
      judge({ candidate, device: deviceFacts(attempt), reason, soaked, rollout: offer.rollout(candidate) }, checks.release),
    );
    return mine.ok ? goOn : stop(mine.refusal);
  },
});

/** A head as it was read. What was stored is not new: its orders were compared with the ledger when it was. */
interface ReadHead {
  readonly head: Head;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly isNew: boolean;
}

async function readHead(attempt: Attempt, checks: readonly Check<HeadSubject>[]): Promise<Outcome<ReadHead>> {
  const { product, platform, channel } = attempt.device;
  const path = channelPath(channel, product, platform, "head.json");
  const entry = attempt.channel.signed.targets.get(path);
  if (!entry.ok) return attempt.note(stopped(entry.refusal));
  const listed = entry.value;
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
  const stored = attempt.documents.head;
  const bytes =
    stored?.digest === listed.hashes.sha256
      ? accept(stored.bytes)
      : await readFile(attempt.read, `targets/${channelPath(channel, product, platform, `${listed.hashes.sha256}.head.json`)}`);
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
  if (!judged.ok) return judged;
  return accept({ head: decoded.value, bytes: bytes.value, digest: listed.hashes.sha256, isNew: bytes.value !== stored?.bytes });
}

async function keepHead(attempt: Attempt, { bytes, digest }: Pick<ReadHead, "bytes" | "digest">): Promise<void> {
  attempt.documents = { ...attempt.documents, head: { bytes, digest } };
  await saveTrustStore(attempt.device.directory, { head: attempt.documents.head }, attempt.memory);
}

/** Orders that are proven in another ledger than the one that this device is shown, or of which nothing shows that they are not. One that is proven in none does not hold anyway. */
async function ordersElsewhere(
  attempt: Attempt,
  orders: Head["orders"],
  checks: readonly Check<ConsistencySubject>[],
): Promise<ReadonlySet<Digest>> {
  const elsewhere = new Set<Digest>();
  const contexts = contextsOf(attempt);
  for (const candidate of orders) {
    const isLogged = contexts.every((context) => entryLoggedCheck.examine({ candidate, ...context }).ok);
    if (isLogged && !(await provenInOneLedger(attempt, candidate.proof, checks)).ok) elsewhere.add(candidate.digest);
  }
  return elsewhere;
}

export function deviceFacts({ device, installed, memory }: Attempt): DeviceFacts {
  return { ...device, epochFloor: memory.epochFloor, sequenceFloor: memory.sequenceFloor, runs: installed !== undefined };
}
