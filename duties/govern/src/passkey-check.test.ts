// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { policyOf } from "@countersign/trust/founding.test-support";
import { passkeyPerson } from "@countersign/trust/keys/webauthn.test-support";
import type { Approval } from "@countersign/trust/release/approval";
import { passkeyUses } from "@countersign/trust/release/passkey-use";
import { digestOf, say } from "@countersign/trust/simulator.test-support";
import type { ApprovalSubject } from "./approval-checks.ts";
import { governChecks } from "./govern-checks.ts";
import { passkeyCheck } from "./passkey-check.ts";

const ann = passkeyPerson("ann");
const base = policyOf();
const policy = { ...base, holders: { ...base.holders, [ann.keyid]: { key: ann.key, holder: "ann", owner: "ann" } } };

const approval = (release: string, counter: number): Promise<Envelope<Approval>> =>
  say({ ...ann, sign: (message) => ann.sign(message, { counter }) }, "approve", "release", digestOf(release));

async function code(candidate: Envelope<Approval>, ...before: readonly Envelope<Approval>[]): Promise<string> {
  const subject = { candidate, published: { policy }, passkeys: passkeyUses(before, policy) } as unknown as ApprovalSubject;
  const { outcome } = judge(subject, [passkeyCheck]);
  return outcome.ok ? "ok" : outcome.refusal.code;
}

test("the count of a passkey grows from approval to approval", async () => {
  assert.equal(await code(await approval("a", 1)), "ok");
  assert.equal(await code(await approval("b", 5), await approval("a", 4)), "ok");
  assert.equal(await code(await approval("b", 0), await approval("a", 0)), "ok", "one that does not count");
  assert.equal(await code(await approval("a", 4), await approval("a", 4)), "ok", "the same approval, sent again");
});

test("attack: a copied passkey, whose count stands still or goes back", async () => {
  const [first, second] = [await approval("a", 4), await approval("b", 9)];
  for (const counter of [1, 4, 5, 9]) assert.equal(await code(await approval("c", counter), first, second), "passkey-copied", `${counter}`);
});

test("govern asks for it", () => {
  assert.ok(governChecks.approval.includes(passkeyCheck));
});
