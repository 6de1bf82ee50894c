// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type PersonalAct, signAct } from "@countersign/release/personal-act";
import { signDocument } from "@countersign/repository/sign-document";
import type { Policy } from "@countersign/trust/policy/policy";
import { checksWithout, governChecks } from "./govern-checks.ts";
import { memoryKey } from "./memory-key.test-support.ts";
import { readPersonalAct } from "./personal-act.ts";

const now = Date.parse("2026-11-23T12:00:00Z");
const [ann, ben, machine] = [memoryKey(), memoryKey(), memoryKey()];
const policy = {
  holders: {
    [ann.keyid]: { key: ann.tuf, holder: "ann", owner: "ann" },
    [ben.keyid]: { key: ben.tuf, holder: "ben", owner: "ben" },
    [machine.keyid]: { key: machine.tuf, holder: "ci", owner: "ann" },
  },
} as unknown as Policy; // of a policy, these rules look at the holders only
const deed = { act: "identity.suspend", subject: "ci", body: { reason: "leaked" }, now, nonce: Buffer.alloc(16, 7) };

const read = (document: unknown, at = now, checks = governChecks) => readPersonalAct(policy, document, at, checks);
const codeOf = (...args: Parameters<typeof read>): string => {
  const outcome = read(...args);
  return outcome.ok ? "ok" : outcome.refusal.code;
};

test("what a person signed is read with who said it, and kept as it was sent", async () => {
  const document = await signAct(ann, deed);
  const said = read(document);
  assert.ok(said.ok);
  const { evidence, ...rest } = said.value;
  assert.deepEqual(rest, { person: "ann", act: "identity.suspend", subject: "ci", body: { reason: "leaked" } });
  assert.deepEqual(evidence, document);
});

test("attack: an administrator's own key is nobody's, whatever a database says", async () => {
  const document = await signAct(memoryKey(), deed);
  assert.equal(codeOf(document), "not-a-person");
  assert.equal(codeOf(document, now, checksWithout(["act/person"])), "signature-invalid", "nothing to verify it with");
});

test("attack: a machine does not act as its owner", async () => {
  const document = await signAct(machine, deed);
  assert.equal(codeOf(document), "not-a-person");
  assert.equal(codeOf(document, now, checksWithout(["act/person"])), "ok");
});

test("attack: another subject, body or signer under a genuine signature", async () => {
  const { signatures, signed } = await signAct(ann, deed);
  const forged: readonly PersonalAct[] = [
    { ...signed, subject: "builder" },
    { ...signed, act: "identity.retire" },
    { ...signed, body: { reason: "no reason" } },
    { ...signed, time: "2026-11-23T12:00:01Z" },
  ];
  for (const change of forged) assert.equal(codeOf({ signatures, signed: change }), "signature-invalid");
  assert.equal(codeOf({ signatures: signatures.map(({ sig }) => ({ keyid: ben.keyid, sig })), signed }), "signature-invalid");
  assert.equal(codeOf({ signatures, signed: forged[0] }, now, checksWithout(["act/signature"])), "ok");
});

test("attack: an act of yesterday, and one that is signed ahead", async () => {
  const document = await signAct(ann, deed);
  assert.equal(codeOf(document, now + 10 * 60_000), "ok");
  assert.equal(codeOf(document, now + 10 * 60_000 + 1), "act-stale");
  assert.equal(codeOf(document, now - 60_001), "act-stale");
  assert.equal(codeOf(document, now + 86_400_000, checksWithout(["act/fresh"])), "ok");
});

test("two signatures, none, and unknown members are refused", async () => {
  const { signatures, signed } = await signAct(ann, deed);
  assert.equal(codeOf(await signDocument(signed, [ann, ben])), "one-signature");
  assert.equal(codeOf({ signatures: [], signed }), "one-signature");
  assert.equal(codeOf({ signatures, signed: { ...signed, extra: 1 } }), "malformed-document");
  assert.equal(codeOf({ signatures, signed: { ...signed, nonce: "" } }), "malformed-document");
  assert.equal(codeOf({ signatures, signed, extra: 1 }), "malformed-document");
});
