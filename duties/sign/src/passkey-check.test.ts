// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { policyOf } from "@countersign/trust/founding.test-support";
import { type Assertion, type PasskeyPerson, passkeyPerson } from "@countersign/trust/keys/webauthn.test-support";
import type { Policy } from "@countersign/trust/policy/policy";
import type { Approval } from "@countersign/trust/release/approval";
import { passkeyUses } from "@countersign/trust/release/passkey-use";
import type { Statement } from "@countersign/trust/release/statement";
import { say, statementOf } from "@countersign/trust/simulator.test-support";
import { signerChecks } from "./checks.ts";
import { passkeyCheck } from "./passkey-check.ts";
import { numbered, SignerRecord } from "./record.ts";
import type { Added, SigningSubject } from "./subject.ts";

const ann = passkeyPerson("ann");
const policy: Policy = policyOf();
const held: Policy = { ...policy, holders: { ...policy.holders, [ann.keyid]: { key: ann.key, holder: "ann", owner: "ann" } } };

/** Somebody who says it with this counter. */
const counting = (counter: number, who = ann, change: Partial<Assertion> = {}): PasskeyPerson => ({
  ...who,
  sign: (message) => who.sign(message, { counter, ...change }),
});

async function entry(change: Partial<Statement>, ...who: readonly PasskeyPerson[]): Promise<Added> {
  const body = statementOf(change);
  const digest = canonicalDigest(body);
  const approvals: Envelope<Approval>[] = [];
  for (const [index, each] of who.entries()) approvals.push(await say(each, index === 0 ? "approve" : "propose", "release", digest));
  return { body, digest, approvals, proof: "" };
}

function code(added: Added, record: SignerRecord): string {
  const passkeys = record.passkeys([ann.keyid]);
  const subject = { candidate: {}, added, view: { policy: held }, record: { passkeys } } as unknown as SigningSubject;
  const { outcome } = judge(subject, [passkeyCheck]);
  if (outcome.ok) record.rememberPasskeys(numbered(added.body), passkeyUses(added.approvals, held));
  return outcome.ok ? "ok" : outcome.refusal.code;
}

test("a passkey's counter grows from release to release, and the same approval is no second one", async () => {
  const record = new SignerRecord(":memory:");
  const first = await entry({}, counting(7));
  assert.equal(code(first, record), "ok");
  assert.equal(code(first, record), "ok");
  assert.equal(code(await entry({}, counting(8)), record), "ok", "the same, said again");
  assert.equal(code(await entry({ sequence: 2 }, counting(9)), record), "ok");
  assert.equal(code(await entry({ sequence: 3 }, counting(12), counting(13)), record), "ok", "a proposal and an approval");
});

test("attack: a copied passkey approves a later release, and has not counted what the other one did", async () => {
  for (const counter of [1, 6, 7]) {
    const record = new SignerRecord(":memory:");
    assert.equal(code(await entry({}, counting(7)), record), "ok");
    assert.equal(code(await entry({ sequence: 2 }, counting(counter)), record), "passkey-copied", `${counter}`);
  }
});

test("attack: a copied passkey approves on another channel, or proposes the same release, with a count that was used", async () => {
  const record = new SignerRecord(":memory:");
  assert.equal(code(await entry({}, counting(7)), record), "ok");
  assert.equal(code(await entry({ channel: "beta" }, counting(7)), record), "passkey-copied");
  assert.equal(code(await entry({ channel: "beta" }, counting(6)), record), "ok", "between channels no order is known");
  assert.equal(code(await entry({ sequence: 2 }, counting(8), counting(8)), record), "passkey-copied");
});

test("a passkey that does not count is not held to it", async () => {
  const record = new SignerRecord(":memory:");
  for (const sequence of [1, 2, 3]) assert.equal(code(await entry({ sequence }, counting(0)), record), "ok");
});

test("attack: an assertion that does not verify, so that the real passkey looks like a copy", async () => {
  const record = new SignerRecord(":memory:");
  assert.equal(code(await entry({}, counting(1_000_000, ann, { flags: 0x01 })), record), "ok");
  assert.equal(code(await entry({}, { ...counting(1_000_000, passkeyPerson("eve")), keyid: ann.keyid }), record), "ok");
  assert.deepEqual(record.passkeys([ann.keyid]), []);
});

test("a signer asks for it before it signs", () => {
  assert.ok(signerChecks.includes(passkeyCheck));
});
