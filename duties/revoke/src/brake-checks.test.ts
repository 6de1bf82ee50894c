// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "@countersign/trust/check";
import { readEnvelope } from "@countersign/trust/envelope";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import type { ChannelRules, Policy } from "@countersign/trust/policy/policy";
import { approvalsDigest } from "@countersign/trust/release/approval";
import { type DenialSubject, denialChecks } from "@countersign/trust/revocation/checks";
import { deniableNames, denialOf, unread } from "@countersign/trust/revocation/deniable";
import type { Denial } from "@countersign/trust/revocation/list";
import {
  codeOf,
  digestOf,
  entryOf,
  ledger,
  must,
  person,
  say,
  signedBytes,
  statementOf,
  TestLog,
} from "@countersign/trust/simulator.test-support";
import { brakeChecks, holdOf, LONGEST_BRAKE_SECONDS } from "./brake-checks.ts";
import { type BrakeRequest, brakeRequest } from "./brake-request.ts";

const [watch, second] = [person("watch"), person("second")];
const holder = (who: typeof watch) => ({ key: who.key, holder: who.name, owner: who.name });
const base = policyOf();
const rules = base.channels["stable"] as ChannelRules;
const policy: Policy = {
  ...base,
  holders: { ...base.holders, [watch.keyid]: holder(watch), [second.keyid]: holder(second) },
  channels: { stable: { ...rules, brakeBits: 22 }, beta: rules },
  brakes: { watch: watch.keyid, second: second.keyid },
};
const log = new TestLog();
const release = await entryOf(statementOf(), [await say(people.carol, "propose", "release", digestOf("x"))], log);
const asked: BrakeRequest = {
  _type: "brake-request",
  spec: "countersign/1",
  revoker: "security",
  asker: "watch",
  release: release.body,
  approvals: approvalsDigest(release.approvals),
  proof: release.proof,
  bits: 30,
  seconds: LONGEST_BRAKE_SECONDS,
  reason: "a brake",
};
const time = 5_000_000;
const hold = holdOf(asked, time, 1);

interface Change {
  readonly by?: typeof watch;
  readonly denials?: readonly Denial[];
  readonly protectedKeys?: ReadonlySet<string>;
}

async function code(change: Partial<BrakeRequest> = {}, { by = watch, denials = [], protectedKeys = new Set() }: Change = {}) {
  const candidate = must(readEnvelope(brakeRequest, await signedBytes({ ...asked, ...change }, by), "request"));
  const denial = holdOf(candidate.signed, time, 1);
  return codeOf(judge({ candidate, denial, revoker: "security", policy, ledger, protectedKeys, denials }, brakeChecks).outcome);
}

test("an observer whom the policy names holds a release that is public and unusual enough", async () => {
  assert.equal(await code(), "accepted");
  assert.equal(await code({ bits: 22 }), "accepted");
  assert.deepEqual(hold, {
    kind: "release",
    name: release.digest,
    since: 1,
    until: time + 72 * 3600,
    reason: "a brake",
    brake: "watch",
  });
});

test("attack: a brake by a key that the policy does not name, by another observer's, or by a person's", async () => {
  for (const by of [person("mallory"), second, people.alice]) assert.equal(await code({}, { by }), "asker-not-known", by.name);
  assert.equal(await code({ asker: "constructor" }), "asker-not-known");
});

test("attack: a brake for another revoker, below the threshold, or on a channel that has none", async () => {
  assert.equal(await code({ revoker: "people" }), "another-revoker");
  assert.equal(await code({ bits: 21 }), "brake-not-due");
  assert.equal(await code({ release: statementOf({ channel: "beta" }) }), "brake-not-due");
  assert.equal(await code({ release: statementOf({ channel: "constructor" }) }), "brake-not-due");
});

test("attack: a brake on what is not in the ledger, so that a list fills with what nobody released", async () => {
  assert.notEqual(await code({ release: statementOf({ version: "9.9.9" }) }), "accepted");
  assert.notEqual(await code({ approvals: digestOf("others") }), "accepted");
  const alone = await log.prove({ type: "release", digest: release.digest, approvals: asked.approvals }, [1]);
  assert.equal(await code({ proof: alone }), "witness-quorum-missing");
});

test("attack: a hold for longer than 72 hours, or 72 hours again and again", async () => {
  assert.equal(await code({ seconds: LONGEST_BRAKE_SECONDS + 1 }), "brake-too-long");
  assert.equal(await code({}, { denials: [hold] }), "brake-asked-already");
  assert.equal(await code({ asker: "second" }, { by: second, denials: [hold] }), "accepted", "each observer once");
});

test("attack: a brake that would name what is protected", async () => {
  assert.equal(await code({}, { protectedKeys: new Set([release.digest]) }), "denial-out-of-bounds");
});

test("a hold lapses after 72 hours of witnessed time, and a person's denial beside it does not", () => {
  const at = (now: number, denials: readonly Denial[]): string => {
    const subject: DenialSubject = {
      candidate: release,
      policy,
      denials,
      lifted: new Set(),
      time: now,
      now,
      revocationSeconds: 10,
      ...unread,
      known: {},
      served: {},
      soakEnd: 0,
      freshRevokers: 0,
    };
    return codeOf(judge(subject, denialChecks.slice(-1)).outcome);
  };
  const end = time + 72 * 3600;
  assert.deepEqual([at(time, [hold]), at(end - 1, [hold]), at(end, [hold])], ["revoked", "revoked", "accepted"]);
  const { brake, ...confirmed } = { ...hold, until: null };
  assert.equal(at(end, [hold, confirmed]), "revoked");
  assert.equal(denialOf(deniableNames(release), [hold], end), undefined);
});
