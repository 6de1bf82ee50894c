// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest, servedBytes } from "../canonical.ts";
import { judge } from "../check.ts";
import { decodeBytes } from "../decode.ts";
import type { Envelope } from "../envelope.ts";
import { people, policyOf } from "../founding.test-support.ts";
import { type ChannelRules, type Policy, policy as policyDecoder } from "../policy/policy.ts";
import { codeOf, digestOf, entryOf, ledger, must, orderOf, say, statementOf, TestLog } from "../simulator.test-support.ts";
import { type Approval, approvals as approvalsDecoder } from "./approval.ts";
import { approvalChecks, approvalsNeeded, type EntrySubject, entryLoggedCheck, soakCheck } from "./entry-checks.ts";
import type { Order } from "./order.ts";
import type { Statement } from "./statement.ts";

const { alice, bob, carol, builder } = people;
const read = (change: Partial<Policy> = {}): Policy => must(decodeBytes(policyDecoder, servedBytes(policyOf(change)), "policy"));
const policy = read();
const rulesOf = (of: Policy): ChannelRules => of.channels["stable"] as ChannelRules;

async function judged(body: Statement | Order, approvals: readonly Envelope<Approval>[], by: Policy = policy): Promise<string> {
  const candidate = (await entryOf(body, approvals)) as EntrySubject["candidate"];
  return codeOf(judge<EntrySubject>({ candidate, policy: by, rules: rulesOf(by), ledger, time: 0 }, approvalChecks).outcome);
}
const release = statementOf();
const digest = canonicalDigest(release);
const proposal = await say(carol, "propose", "release", digest);
const byAlice = await say(alice, "approve", "release", digest);
const byBob = await say(bob, "approve", "release", digest);

test("one proposes, another approves", async () => {
  assert.equal(await judged(release, [proposal, byAlice]), "accepted");
  assert.equal(await judged(release, [proposal]), "approvals-missing");
  assert.equal(await judged(release, [byAlice, byBob]), "proposal-not-signed");
});

test("attack: a proposer approves their own, also next to a second proposal", async () => {
  const own = await say(alice, "propose", "release", digest);
  assert.equal(await judged(release, [own, byAlice]), "approvals-missing");
  assert.equal(await judged(release, [proposal, own, byAlice]), "approvals-missing");
  assert.equal(await judged(release, [own, byBob]), "accepted");
});

test("attack: approvers by keys that the channel does not list", async () => {
  assert.equal(await judged(release, [proposal, await say(builder, "approve", "release", digest)]), "approvals-missing");
  assert.equal(await judged(release, [await say(builder, "propose", "release", digest), byAlice]), "proposal-not-signed");
});

test("attack: two keys of one owner are one approver, and a proposer's second key approves nothing", async () => {
  const twice = { ...rulesOf(policy), approvals: 2 };
  const count = async (owner: string, list: readonly Envelope<Approval>[], rules: ChannelRules): Promise<string> => {
    const holders = { ...policy.holders, [bob.keyid]: { key: bob.key, holder: "bob", owner } };
    const by: Policy = { ...policy, holders };
    return codeOf(
      judge<EntrySubject>({ candidate: await entryOf(release, list), policy: by, rules, ledger, time: 0 }, approvalChecks).outcome,
    );
  };
  assert.equal(await count("bob", [proposal, byAlice, byBob], twice), "accepted");
  assert.equal(await count("alice", [proposal, byAlice, byBob], twice), "approvals-missing");
  assert.equal(await count("carol", [proposal, byBob], rulesOf(policy)), "approvals-missing");
  assert.equal(await count("bob", [proposal, byAlice, byAlice], twice), "approvals-missing");
});

test("attack: an approval of another digest, of an order, or a signature moved from a proposal", async () => {
  assert.equal(await judged(release, [proposal, await say(alice, "approve", "release", digestOf("another"))]), "approvals-missing");
  assert.equal(await judged(release, [proposal, await say(alice, "approve", "order", digest)]), "approvals-missing");
  const own = await say(alice, "propose", "release", digest);
  assert.equal(await judged(release, [proposal, { ...byAlice, signatures: own.signatures }]), "approvals-missing");
});

test("an urgent release and a lift take one approval more; a recall takes one person, whoever proposed it", async () => {
  const urgent = statementOf({ urgent: true });
  const about = canonicalDigest(urgent);
  const list = [await say(carol, "propose", "release", about), await say(alice, "approve", "release", about)];
  assert.equal(await judged(urgent, list), "approvals-missing");
  assert.equal(await judged(urgent, [...list, await say(bob, "approve", "release", about)]), "accepted");
  const lift = orderOf({ action: "lift", to: null, denials: [digestOf("no")] });
  assert.equal(approvalsNeeded(lift, rulesOf(policy)), 2);
  const recall = orderOf();
  const own = [
    await say(alice, "propose", "order", canonicalDigest(recall)),
    await say(alice, "approve", "order", canonicalDigest(recall)),
  ];
  assert.equal(await judged(recall, own), "accepted");
  assert.equal(await judged(recall, own.slice(0, 1)), "approvals-missing");
  const needed = (action: Order["action"]) => approvalsNeeded(orderOf({ action }), rulesOf(policy));
  assert.deepEqual((["slow", "widen", "resume"] as const).map(needed), [1, 2, 2]);
});

test("by key: where one person holds every duty, holders are counted", async () => {
  const owner = "solo";
  const holders = Object.fromEntries(Object.entries(policy.holders).map(([keyid, holder]) => [keyid, { ...holder, owner }]));
  const rules = rulesOf(policy);
  const code = async (by: Policy) =>
    codeOf(
      judge<EntrySubject>({ candidate: await entryOf(release, [proposal, byAlice]), policy: by, rules, ledger, time: 0 }, approvalChecks)
        .outcome,
    );
  assert.equal(await code({ ...policy, holders }), "approvals-missing");
  assert.equal(await code({ ...policy, holders, separation: "key" }), "accepted");
});

test("attack: an approval with a second signature or an unsigned field has another digest, and is none", () => {
  const { signatures, signed } = byAlice;
  const accepts = (document: unknown) => decodeBytes(approvalsDecoder, Buffer.from(JSON.stringify([document])), "approvals").ok;
  assert.equal(accepts({ signatures, signed }), true);
  assert.equal(accepts({ signatures: [...signatures, { keyid: "other", sig: "00" }], signed }), false);
  assert.equal(accepts({ signatures, signed, more: 1 }), false);
  assert.equal(accepts({ signatures: [{ ...signatures[0], more: 1 }], signed }), false);
});

test("the ledger entry names the release and exactly these approvals", async () => {
  const candidate = await entryOf(release, [proposal, byAlice]);
  const code = (change: Partial<typeof candidate>) =>
    codeOf(
      judge<EntrySubject>({ candidate: { ...candidate, ...change }, policy, rules: rulesOf(policy), ledger, time: 0 }, [entryLoggedCheck])
        .outcome,
    );
  assert.equal(code({}), "accepted");
  assert.equal(code({ approvals: [proposal, byBob] }), "inclusion-unproven");
  assert.equal(code({ approvals: [byAlice, proposal] }), "inclusion-unproven");
  assert.equal(code({ digest: digestOf("another") }), "inclusion-unproven");
});

test("soak runs from witnessed inclusion, to the second; a recall does not wait and a lift does", async () => {
  const time = 1_000_000;
  const code = async (body: Statement | Order, now: number, times: readonly (number | undefined)[] = [time, time]) => {
    const candidate = (await entryOf(body, [proposal])) as EntrySubject["candidate"];
    const proof = await new TestLog().prove({ type: "release", digest, approvals: digestOf("x") }, times);
    return codeOf(
      judge<EntrySubject>({ candidate: { ...candidate, proof }, policy, rules: rulesOf(policy), ledger, time: now }, [soakCheck]).outcome,
    );
  };
  assert.equal(await code(release, time + 3599), "soak-not-over");
  assert.equal(await code(release, time + 3600), "accepted");
  assert.equal(await code(statementOf({ urgent: true }), time + 899), "soak-not-over");
  assert.equal(await code(statementOf({ urgent: true }), time + 900), "accepted");
  assert.equal(await code(orderOf(), time), "accepted");
  for (const action of ["lift", "widen", "resume"] as const) assert.equal(await code(orderOf({ action }), time + 899), "soak-not-over");
  assert.equal(await code(orderOf({ action: "slow" }), time), "accepted");
  assert.equal(await code(release, time + 3600, [time, undefined, 1]), "accepted");
  assert.equal(await code(release, 3601, [time, undefined, 1]), "soak-not-over"); // one witness lies about the past
  assert.equal(await code(release, Number.MAX_SAFE_INTEGER, [time]), "witness-quorum-missing");
});
