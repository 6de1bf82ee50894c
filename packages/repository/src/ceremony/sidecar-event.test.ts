// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { targets as targetsDecoder } from "@countersign/trust/anchor/targets";
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { expires, people, policyOf, rootOf, spec_version, targetsOf } from "@countersign/trust/founding.test-support";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import type { Policy } from "@countersign/trust/policy/policy";
import type { PostQuantum } from "@countersign/trust/policy/post-quantum";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { sidecarChecks } from "@countersign/trust/sidecar";
import { must, signedBytes } from "@countersign/trust/simulator.test-support";
import { sidecarStep } from "@countersign/trust/workflow/sidecar";
import { targetFileOf } from "../target-path.ts";
import { eventProgress, finishEvent, joinEvents, signEvent } from "./ceremony.ts";
import { eventText } from "./event-text.ts";
import { eventBytes, type Opening, openEvent, readEvent, type SigningEvent } from "./signing-event.ts";

const codeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? "ok" : outcome.refusal.code);
const { alice, bob } = people;

function mlDsa() {
  const { publicKey, privateKey } = generateKeyPairSync("ml-dsa-44");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-1312).toString("hex");
  const key: PublicKey = { keytype: "ml-dsa", scheme: "ml-dsa-44", keyval: { public: raw } };
  return { key, keyid: keyidOf(key), sign: async (message: Uint8Array): Promise<Uint8Array> => sign(null, message, privateKey) };
}
const [ann, ben, cem, eve] = [mlDsa(), mlDsa(), mlDsa(), mlDsa()];

function demanding(version: number, owners: readonly ReturnType<typeof mlDsa>[], repository = "hello.example"): Policy {
  const holders = owners.map(({ key, keyid }) => [keyid, { key, holder: keyid, owner: keyid }] as const);
  const postQuantum: PostQuantum = {
    repository,
    holders: Object.fromEntries(holders),
    roles: { targets: { keyids: owners.map(({ keyid }) => keyid), threshold: 2 } },
  };
  return policyOf({ version, postQuantum });
}

const before = demanding(1, [ann, ben, cem]);
const after = demanding(2, [ann, ben, eve]);
const listing = (policy: Policy, version: number): object => targetsOf({ "policy.json": targetFileOf(servedBytes(policy)) }, { version });
const root = rootOf();
const rootBytes = await signedBytes(root, alice, bob);
const previous = await signedBytes(listing(before, 1), alice, bob);
const held = { root: canonicalBytes(root) };

const opening = (policy: Policy): Opening => ({
  role: "targets",
  message: canonicalBytes(listing(policy, 2)),
  previous,
  delegators: [{ role: "root", bytes: rootBytes }],
  policies: [servedBytes(before), servedBytes(policy)],
});
const event = must(openEvent(opening(after)));
const handed = (each: SigningEvent): SigningEvent => must(readEvent(eventBytes(each)));
async function signedBy(each: SigningEvent, ...keys: readonly Parameters<typeof signEvent>[1][]): Promise<SigningEvent> {
  let signed = each;
  for (const key of keys) signed = must(await signEvent(handed(signed), key, held));
  return signed;
}

test("targets whose policy changes are signed apart, with the sidecar that the policy before and the new one demand", async () => {
  const [one, other] = [await signedBy(event, alice, ben), await signedBy(event, ann, bob)];
  const half = must(joinEvents(one, await signedBy(event, bob)));
  assert.equal(codeOf(finishEvent(half, held)), "sidecar-threshold-not-met");
  const text = eventText(half, must(eventProgress(half)));
  assert.match(text, /\n1 of 2 that policy 1 \(ML-DSA\) wants: asked are /);
  assert.match(text, /\n~ the policy › version: 1 → 2\n/, "what changes in the policy is read before it is signed");
  const finished = must(finishEvent(must(joinEvents(handed(one), handed(other))), held));
  const { sidecar } = finished;
  assert.ok(sidecar);
  const file = must(readEnvelope(targetsDecoder, finished.bytes, "targets"));
  const read = async (path: string) => accept(path === sidecar.path ? sidecar.bytes : undefined);
  assert.equal(codeOf((await sidecarStep("targets", file, [before, after], read, sidecarChecks)).outcome), "ok");
});

test("attack: whoever opens the event hides that the policy before demands other owners, or puts a lax policy in its place", async () => {
  const all = { ...(await signedBy(event, alice, bob, ann, eve)) };
  assert.equal(codeOf(finishEvent(all, held)), "sidecar-threshold-not-met", "enough for the new policy, not for the one before");
  const lax = servedBytes(policyOf());
  for (const policies of [[], [servedBytes(after)], [servedBytes(before)], [lax, servedBytes(after)]]) {
    const hiding = must(openEvent({ ...opening(after), policies }));
    assert.equal(codeOf(await signEvent(hiding, alice, held)), "policy-missing");
  }
  const dropped = must(openEvent(opening(policyOf({ version: 2 }))));
  assert.equal(codeOf(finishEvent(await signedBy(dropped, alice, bob, ann), held)), "sidecar-threshold-not-met");
  const renamed = must(openEvent(opening(demanding(2, [ann, ben], "other.example"))));
  assert.equal(codeOf(await signEvent(renamed, ann, held)), "repository-renamed");
});

test("attack: a bogus part in an owner's name, joined before or after the owner's own; a stranger's; one key's twice", async () => {
  const own = await signedBy(event, ann);
  const bogus = { ...event, sidecar: own.sidecar.map((signature) => ({ ...signature, sig: "00".repeat(2420) })) };
  assert.equal(codeOf(await signEvent(bogus, ben, held)), "signature-foreign");
  for (const [one, other] of [
    [bogus, own],
    [own, bogus],
  ] as const)
    assert.deepEqual(must(joinEvents(one, other)).sidecar, own.sidecar);
  assert.equal(codeOf(await signEvent(event, mlDsa(), held)), "key-not-asked");
  assert.equal(codeOf(await signEvent(own, ann, held)), "signed-already");
  assert.equal(codeOf(readEvent(eventBytes({ ...own, sidecar: [...own.sidecar, ...own.sidecar] }))), "malformed-document");
});

test("the file of a channel is signed with what the targets' policy demands of it", async () => {
  const { postQuantum } = before;
  assert.ok(postQuantum);
  const policy = { ...before, postQuantum: { ...postQuantum, roles: { stable: { keyids: [ann.keyid], threshold: 1 } } } };
  const channel = must(
    openEvent({
      role: "stable",
      message: canonicalBytes({ _type: "targets", spec_version, version: 1, expires, targets: {} }),
      previous: undefined,
      delegators: [
        { role: "root", bytes: rootBytes },
        { role: "targets", bytes: await signedBytes(listing(policy, 1), alice, bob) },
      ],
      policies: [servedBytes(policy)],
    }),
  );
  const signed = await signedBy(channel, alice, bob);
  assert.equal(codeOf(finishEvent(signed, held)), "sidecar-threshold-not-met");
  const { bytes, sidecar } = must(finishEvent(await signedBy(signed, ann), held));
  assert.equal(sidecar?.path, `sidecars/${sha256(bytes)}.sidecar`);
});
