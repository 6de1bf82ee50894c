// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "@countersign/tlog/hash";
import { formatNote, parseNote } from "@countersign/tlog/note";
import { cosign, signerFromSeed } from "@countersign/tlog/signer";
import { canonicalDigest } from "@countersign/trust/canonical";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import { approvalName } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, denialDigest } from "@countersign/trust/revocation/list";
import {
  digestOf,
  entryOf,
  must,
  orderOf,
  type Person,
  person,
  say,
  statementOf,
  TestLog,
} from "@countersign/trust/simulator.test-support";
import { keptEvidence } from "../evidence.ts";
import type { Report } from "../report.ts";
import { openTrustStore } from "../trust-store.ts";
import { type HeadScene, meets } from "./head-scene.test-support.ts";

const { alice, bob, carol, revoker } = people;
const log = new TestLog();
const start = 1_000_000;
const [soak, urgentSoak] = [3600, 900];
const rules = policyOf().channels["stable"] as ChannelRules;
const channel = (change: Partial<ChannelRules>, more: Partial<Policy> = {}): Policy =>
  policyOf({ channels: { stable: { ...rules, ...change } }, ...more });
const policy = policyOf();

async function approved<T extends Statement | Order>(body: T, time: number, ...approvers: readonly Person[]): Promise<Entry<T>> {
  const digest = canonicalDigest(body);
  const kind = body._type;
  const voices = await Promise.all([say(carol, "propose", kind, digest), ...approvers.map((who) => say(who, "approve", kind, digest))]);
  return entryOf(body, voices, log, time);
}

const one = await approved(statementOf(), start, alice);
const two = await approved(statementOf({ sequence: 2, version: "2.0.0", rollout: { overSeconds: 1000 } }), start, alice);
const halt = await approved(orderOf({ action: "slow", number: 1, release: two.digest, to: null }), start + soak, alice);
const resumed = start + soak + 5000;
const resume = await approved(orderOf({ action: "resume", number: 2, release: two.digest, to: null }), resumed, alice, bob);

/** A device to which everything was said that it needs, at this many seconds after the entries were made. */
async function at(seconds: number, change: Partial<HeadScene> = {}): Promise<Report> {
  const time = start + seconds;
  const memory = { time, lists: { [revoker.keyid]: { version: 1, time } }, ...change.memory };
  const served = { [revoker.keyid]: { version: 1, seen: {} } };
  return meets({ log, releases: [one, two], policies: [policy], served, ...change, memory });
}

const said = ({ refusal, offered, result }: Report): string => refusal?.code ?? `${result} ${offered?.version ?? "nothing"}`;

test("the newest release is offered once its soak is over and its turn has come; until then the one before it", async () => {
  assert.equal(said(await at(soak - 1)), "soak-not-over");
  assert.equal(said(await at(soak)), "available 1.0.0");
  assert.equal(said(await at(soak + 1000)), "available 2.0.0");
});

test("one person halts a rollout at once; two resume it after an urgent soak", async () => {
  assert.equal(said(await at(soak + 1000, { orders: [halt] })), "available 1.0.0");
  const both = { orders: [halt, resume] };
  assert.equal(said(await at(soak + 5000 + urgentSoak - 1, both)), "available 1.0.0");
  assert.equal(said(await at(soak + 5000 + urgentSoak + 1000, both)), "available 2.0.0");
  const alone = await approved(resume.body, resumed, alice);
  assert.equal(said(await at(soak + 9000, { orders: [halt, alone] })), "available 1.0.0", "one person starts nothing");
});

test("what was unwell here is tried again after a resume that came later, and not after one that came before", async () => {
  const unwell = (when: number) => ({ memory: { unwell: { [two.digest]: when } }, orders: [halt, resume] });
  assert.equal(said(await at(soak + 9000, unwell(start + soak))), "available 2.0.0");
  assert.equal(said(await at(soak + 9000, unwell(resumed + urgentSoak + 1))), "available 1.0.0");
});

const no: Denial = { kind: "release", name: one.digest, since: start, until: null, reason: "malware" };

test("attack: a denial that is made after a lift; the lift answers the one that it names, and no other", async () => {
  const lift = await approved(orderOf({ action: "lift", release: one.digest, to: null, denials: [denialDigest(no)] }), start, alice, bob);
  const denied = (...denials: readonly Denial[]) =>
    at(soak + 1, { releases: [one], orders: [lift], memory: { denials: { security: denials } } });
  assert.equal(said(await denied(no)), "available 1.0.0");
  assert.equal(said(await denied(no, { ...no, since: start + 1 })), "current nothing");
  assert.equal(said(await at(soak + 1, { releases: [one], memory: { denials: { security: [no] } } })), "current nothing");
});

test("attack: a lift that was ordered with a stolen key; who denies its approvals, or the order itself, takes it back", async () => {
  const body = orderOf({ action: "lift", release: one.digest, to: null, denials: [denialDigest(no)] });
  const lift = await approved(body, start, alice, bob);
  const denied = (...more: readonly Denial[]) =>
    at(soak + 1, { releases: [one], orders: [lift], memory: { denials: { security: [no, ...more] } } });
  assert.equal(said(await denied()), "available 1.0.0");
  for (const approval of lift.approvals)
    assert.equal(said(await denied({ ...no, kind: "approval", name: approvalName(approval) })), "current nothing");
  const report = await denied({ ...no, name: lift.digest });
  assert.equal(said(report), "current nothing");
  assert.ok(report.trail.some(({ check, refusal }) => check === "order/not-denied" && refusal?.code === "revoked"));
});

test("attack: lists from before a lift are served, so that nobody who spoke against it is heard", async () => {
  const later = soak + 5000;
  const lift = await approved(
    orderOf({ action: "lift", release: one.digest, to: null, denials: [denialDigest(no)] }),
    start + later,
    alice,
    bob,
  );
  const heardAt = (time: number) =>
    at(later + urgentSoak + 1, {
      ...{ releases: [one], orders: [lift] },
      memory: { denials: { security: [no] }, lists: { [revoker.keyid]: { version: 1, time } } },
    });
  assert.equal(said(await heardAt(start + later + urgentSoak - 1)), "revocations-stale");
  assert.equal(said(await heardAt(start + later + urgentSoak)), "available 1.0.0");
});

test("a device whose link or slot record is gone may install again what it confirmed last", async () => {
  assert.equal(said(await at(soak, { releases: [one], memory: { sequenceFloor: 1 } })), "available 1.0.0");
  assert.equal(said(await at(soak, { releases: [one], memory: { sequenceFloor: 2 } })), "sequence-rolled-back");
});

test("attack: a mirror leaves out the list of a revoker that was heard before", async () => {
  const lists = { [revoker.keyid]: { version: 1, time: start + soak }, [bob.keyid]: { version: 4, time: start } };
  const two = policyOf({ revokers: { security: revoker.keyid, people: bob.keyid } });
  assert.equal(said(await at(soak, { releases: [one], policies: [two], memory: { lists } })), "revocations-withheld");
  const served = { [revoker.keyid]: { version: 1, seen: {} }, [bob.keyid]: { version: 4, seen: {} } };
  assert.equal(said(await at(soak, { releases: [one], policies: [two], memory: { lists }, served })), "available 1.0.0");
});

test("where a channel asks for it, a monitor must have read past the release entry", async () => {
  const watch = person("watch");
  const holders = { ...policy.holders, [watch.keyid]: { key: watch.key, holder: "watch", owner: "watch" } };
  const watched = channel({ readThrough: 1 }, { holders, monitors: { watch: watch.keyid } });
  const { text, signatures } = must(parseNote(Buffer.from(await log.note([start, start, start]))));
  const own = await cosign(Buffer.from(text), start, signerFromSeed(sha256(Buffer.from("watch")), "watch", 4));
  const read = (...by: readonly (typeof own)[]) => ({ "readthrough/watch": formatNote(text, [...signatures, ...by]) });
  const scene = { releases: [one], policies: [watched] } as const;
  assert.equal(said(await at(soak, { ...scene, files: read(own) })), "available 1.0.0");
  assert.equal(said(await at(soak, scene)), "not-read-past");
  const unsigned = await at(soak, { ...scene, files: read() });
  assert.equal(said(unsigned), "not-read-past");
  assert.ok(unsigned.trail.some(({ refusal }) => refusal?.code === "monitor-not-trusted"));
});

test("attack: checkpoints are kept back, so that witnessed time stands still where nothing was revoked yet; lists grow old by the device's own clock", async () => {
  const { revocationSeconds } = rules;
  assert.equal(said(await at(soak, { clock: start + soak + revocationSeconds })), "available 1.0.0");
  assert.equal(said(await at(soak, { clock: start + soak + revocationSeconds + 1 })), "revocations-stale");
  assert.equal(said(await at(soak, { clock: 0 })), "available 1.0.0", "a clock that is set back makes nothing fresh, and nothing old");
});

/** A log of as many entries, none of which is of the one that the device follows. */
async function anotherLog(size: number): Promise<TestLog> {
  const other = new TestLog();
  for (let at = 0; at < size; at++) await other.append({ type: "targets", digest: digestOf(`elsewhere ${at}`) });
  return other;
}

test("attack: a release entry in a ledger that nobody else is shown, cosigned by a quorum that lies", async () => {
  const digest = canonicalDigest(statementOf());
  const voices = [await say(carol, "propose", "release", digest), await say(alice, "approve", "release", digest)];
  const hidden = await entryOf(statementOf(), voices, await anotherLog(2), start);
  const report = await at(soak, { releases: [hidden] });
  assert.deepEqual([said(report), report.trail.at(-1)?.check], ["ledger-inconsistent", "entry/consistent"]);
});

test("attack: a resume in a ledger that nobody else is shown, cosigned by a quorum that lies: it resumes nothing, the next attempt looks again, and both checkpoints are kept", async () => {
  const kept: string[] = [];
  const leaves = async (directory: string) => {
    const { documents } = must(await openTrustStore(directory));
    kept.push(documents.head === undefined ? "no head" : "the head", ...(await keptEvidence(directory)));
  };
  assert.deepEqual([said(await at(soak + 9000, { orders: [halt, resume], leaves })), kept], ["available 2.0.0", ["the head"]]);
  const hidden = await entryOf(resume.body, resume.approvals, await anotherLog(2), resumed);
  const report = await at(soak + 9000, { orders: [halt, hidden], leaves });
  assert.equal(said(report), "available 1.0.0");
  assert.ok(report.trail.some(({ check, refusal }) => check === "order/consistent" && refusal?.code === "ledger-inconsistent"));
  assert.match(kept.join(), /^the head,no head,.*\/forked\.[0-9a-f]{64}\.json$/);
});

test("attack: a monitor's read-through of a ledger that nobody else is shown", async () => {
  const watch = person("watch");
  const holders = { ...policy.holders, [watch.keyid]: { key: watch.key, holder: "watch", owner: "watch" } };
  const watched = channel({ readThrough: 1 }, { holders, monitors: { watch: watch.keyid } });
  const { text, signatures } = must(parseNote(Buffer.from(await (await anotherLog(3)).note([start, start, start]))));
  const own = await cosign(Buffer.from(text), start, signerFromSeed(sha256(Buffer.from("watch")), "watch", 4));
  const files = { "readthrough/watch": formatNote(text, [...signatures, own]) };
  const report = await at(soak, { releases: [one], policies: [watched], files });
  assert.equal(said(report), "not-read-past");
  assert.ok(report.trail.some(({ check, refusal }) => check === "readthrough/consistent" && refusal?.code === "ledger-inconsistent"));
});

test("while a policy cools off, a release must satisfy it and the one that is held", async () => {
  const without = channel({ approvers: [bob.keyid, revoker.keyid] });
  assert.equal(said(await at(soak, { releases: [one], policies: [policy, policy] })), "available 1.0.0");
  assert.equal(said(await at(soak, { releases: [one], policies: [policy, without] })), "approvals-missing", "Alice is out at once");
  assert.equal(
    said(await at(soak, { releases: [one], policies: [without, policy] })),
    "approvals-missing",
    "and is not in before it has cooled",
  );
  const slower = channel({ soakSeconds: 2 * soak });
  assert.equal(said(await at(soak, { releases: [one], policies: [policy, slower] })), "soak-not-over");
  assert.equal(said(await at(soak, { releases: [one], policies: [slower, policy] })), "soak-not-over");
});
