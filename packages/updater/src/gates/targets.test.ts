// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Targets, targets as targetsDecoder } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { expires, people, policyOf, rootOf, spec_version, targetsOf } from "@countersign/trust/founding.test-support";
import type { Policy } from "@countersign/trust/policy/policy";
import { digestOf, must, signedBytes, TestLog } from "@countersign/trust/simulator.test-support";
import { gate, goOn } from "../gate.ts";
import { gates } from "../gates.ts";
import { type Memory, newborn } from "../memory.ts";
import type { Report } from "../report.ts";
import { looks, type Mirror } from "./device-scene.test-support.ts";
import { targetsGate } from "./targets.ts";

const { alice, bob, builder, publisher } = people;
const now = Math.floor(Date.now() / 1000);
const coolingOffSeconds = 3600;
const file = (bytes: Uint8Array) => ({ length: bytes.length, hashes: { sha256: sha256(bytes) } });

/**
 * A device that holds policy 1 looks at a repository whose targets list policy 2, which has been public since a time, by a proof that a mirror may
 * keep back. Answers what gate 4 said of it.
 */
async function offered(
  publicSince: number,
  mirror?: Mirror,
  heldPolicy: Policy = policyOf({ coolingOffSeconds }),
  before: { readonly memory?: Partial<Memory>; readonly targets?: Envelope<Targets>; readonly seen?: (memory: Memory) => void } = {},
): Promise<Report> {
  const log = new TestLog();
  const [held, next] = [servedBytes(heldPolicy), servedBytes(policyOf({ coolingOffSeconds, version: 2 }))];
  const root = await signedBytes(rootOf(), alice, bob);
  const targets = await signedBytes(targetsOf({ "policy.json": file(next) }, { version: 2 }), alice, bob);
  const since = [publicSince, publicSince, publicSince];
  const proof = await log.prove({ type: "targets", digest: sha256(targets) }, since);
  const meta = { "targets.json": { version: 2, ...file(targets) } };
  const snapshot = await signedBytes({ _type: "snapshot", spec_version, version: 1, expires, meta }, publisher);
  const listed = { "snapshot.json": { version: 1, ...file(snapshot) } };
  const countersign = { checkpoint: await log.note([now, now, now]) };
  const timestamp = await signedBytes({ _type: "timestamp", spec_version, version: 1, expires, meta: listed, countersign }, publisher);
  const files = new Map<string, Uint8Array>([
    ["metadata/timestamp.json", timestamp],
    ["metadata/1.snapshot.json", snapshot],
    ["metadata/2.targets.json", targets],
    [`targets/${sha256(next)}.policy.json`, next],
    [`proofs/${sha256(targets)}.tlog-proof`, Buffer.from(proof)],
  ]);
  const documents = { policy: { policy: heldPolicy, bytes: held, digest: sha256(held) }, targets: before.targets };
  const look = gate({
    number: 4,
    name: "what gate 4 remembers",
    checks: {},
    async pass({ memory }) {
      before.seen?.(memory);
      return goOn;
    },
  });
  const seen = gates.toSpliced(gates.indexOf(targetsGate) + 1, 0, look);
  return looks({ root, files, mirror, holds: [documents, { ...newborn, ...before.memory }], gates: seen });
}

const saidOf = ({ trail }: Report): string | undefined => trail.find(({ check }) => check === "policy/cooling-off")?.found;

test("a new policy holds once it has been public for the cooling-off time of the one before, by witnessed time", async () => {
  assert.equal(saidOf(await offered(now - coolingOffSeconds + 60)), "version 1 still holds; version 2 must be content too");
  assert.equal(saidOf(await offered(now - coolingOffSeconds - 60)), "version 2 holds now");
});

test("attack: a mirror that keeps back or spoils the proof of a new policy stops the device there, and cannot keep it on the old one", async () => {
  const hiding = await offered(now - 2 * coolingOffSeconds, (path, bytes) => (path.startsWith("proofs/") ? undefined : bytes));
  assert.deepEqual([hiding.refusal?.code, hiding.trail.at(-1)?.gate], ["missing-file", 4]);
  const older = await offered(now - 60, (path, bytes) =>
    path.startsWith("proofs/") ? Buffer.from(Buffer.from(bytes).toString().replaceAll("index 0", "index 1")) : bytes,
  );
  assert.equal(older.result, "refused");
  assert.equal(older.trail.at(-1)?.gate, 4);
});

test("attack: new targets give a channel to a signer who builds, by the policy that still holds; a policy with them that says otherwise hides nothing", async () => {
  const base = policyOf({ coolingOffSeconds });
  const holders = { ...base.holders, [builder.keyid]: { key: builder.key, holder: "ci", owner: "alice" } };
  const report = await offered(now - 60, undefined, { ...base, holders });
  assert.deepEqual([report.refusal?.code, report.trail.at(-1)?.gate], ["duties-meet", 4]);
  const cooled = await offered(now - coolingOffSeconds - 60, undefined, { ...base, holders });
  assert.notEqual(cooled.refusal?.code, "duties-meet");
});

const next = servedBytes(policyOf({ coolingOffSeconds, version: 2 }));

test("attack: a mirror makes a fresh proof of the same targets at each check, so that a new policy never cools off", async () => {
  let remembered: Memory["cooling"];
  const seen = ({ cooling }: Memory): void => {
    remembered = cooling;
  };
  const first = now - coolingOffSeconds - 60;
  await offered(first, undefined, undefined, { seen });
  assert.deepEqual(remembered, { policy: sha256(next), since: first });
  assert.equal(saidOf(await offered(now - 10, undefined, undefined, { seen, memory: { cooling: remembered } })), "version 2 holds now");
  assert.deepEqual(remembered, { policy: sha256(next), since: first });
  const another = { policy: digestOf("another policy"), since: first };
  const begins = await offered(now - 10, undefined, undefined, { seen, memory: { cooling: another } });
  assert.equal(saidOf(begins), "version 1 still holds; version 2 must be content too", "what another policy waited is not this one's");
  assert.deepEqual(remembered, { policy: sha256(next), since: now - 10 });
});

test("attack: stolen targets keys list a policy of the highest version; once others are kept that list an honest one, that one goes on", async () => {
  const highest = policyOf({ coolingOffSeconds, version: Number.MAX_SAFE_INTEGER });
  const keeps = async (listed: Uint8Array, version: number) => {
    const bytes = await signedBytes(targetsOf({ "policy.json": file(listed) }, { version }), alice, bob);
    return offered(now - 60, undefined, highest, { targets: must(readEnvelope<Targets>(targetsDecoder, bytes, "targets")) });
  };
  const replayed = await keeps(servedBytes(highest), 1);
  assert.deepEqual([replayed.refusal?.code, replayed.trail.at(-1)?.gate], ["version-rolled-back", 4]);
  assert.equal(saidOf(await keeps(next, 1)), `version ${highest.version} still holds; version 2 must be content too`);
});
