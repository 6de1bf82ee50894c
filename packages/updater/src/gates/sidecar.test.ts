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
import { sidecarMessage, sidecarPath } from "@countersign/trust/sidecar";
import { must, signedBytes, TestLog } from "@countersign/trust/simulator.test-support";
import { newborn } from "../memory.ts";
import type { Report } from "../report.ts";
import type { Documents } from "../stored-documents.ts";
import { looks, type Mirror } from "./device-scene.test-support.ts";

const { alice, bob, publisher } = people;
const now = Math.floor(Date.now() / 1000);
const file = (bytes: Uint8Array) => ({ length: bytes.length, hashes: { sha256: sha256(bytes) } });

const pair = generateKeyPairSync("ml-dsa-65");
const raw = Buffer.from(String((pair.publicKey.export({ format: "jwk" }) as Record<string, unknown>)["pub"]), "base64url");
const key: PublicKey = { keytype: "ml-dsa", scheme: "ml-dsa-65", keyval: { public: raw.toString("hex") } };
const demand = { keyids: [keyidOf(key)], threshold: 1 };
const lax = policyOf({ version: 2 });
const strict = policyOf({
  version: 2,
  postQuantum: {
    repository: "hello.example",
    holders: { [keyidOf(key)]: { key, holder: "pq-alice", owner: "alice" } },
    roles: { targets: demand, stable: demand },
  },
});

function sidecarOf(role: string, signed: object): Uint8Array {
  const sig = sign(null, sidecarMessage("hello.example", role, canonicalBytes(signed)), pair.privateKey).toString("hex");
  return servedBytes({ _type: "sidecar", spec: "countersign/1", signatures: [{ keyid: keyidOf(key), sig }] });
}

/** What a device says that holds one policy and looks at a repository that lists another, by a mirror that serves what it likes. */
async function look(held: Policy | undefined, offered: Policy, mirror?: Mirror, seen = false): Promise<Report> {
  const log = new TestLog();
  const policy = servedBytes(offered);
  const root = await signedBytes(rootOf(), alice, bob);
  const topFields = targetsOf({ "policy.json": file(policy) }, { version: 2 });
  const channelFields = { _type: "targets", spec_version, version: 1, expires, targets: {} };
  const [targets, channel] = [await signedBytes(topFields, alice, bob), await signedBytes(channelFields, alice, bob)];
  const longAgo = [1_000_000, 1_000_000, 1_000_000];
  const proof = await log.prove({ type: "targets", digest: sha256(targets) }, longAgo);
  const meta = { "targets.json": { version: 2, ...file(targets) }, "stable.json": { version: 1, ...file(channel) } };
  const snapshot = await signedBytes({ _type: "snapshot", spec_version, version: 1, expires, meta }, publisher);
  const listed = { "snapshot.json": { version: 1, ...file(snapshot) } };
  const countersign = { checkpoint: await log.note([now, now, now]) };
  const timestamp = await signedBytes({ _type: "timestamp", spec_version, version: 1, expires, meta: listed, countersign }, publisher);
  const files = new Map<string, Uint8Array>([
    ["metadata/timestamp.json", timestamp],
    ["metadata/1.snapshot.json", snapshot],
    ["metadata/2.targets.json", targets],
    ["metadata/1.stable.json", channel],
    [`targets/${sha256(policy)}.policy.json`, policy],
    [`proofs/${sha256(targets)}.tlog-proof`, Buffer.from(proof)],
    [sidecarPath(sha256(targets)), sidecarOf("targets", topFields)],
    [sidecarPath(sha256(channel)), sidecarOf("stable", channelFields)],
  ]);
  const bytes = held && servedBytes(held);
  const stored: Partial<Documents> = seen
    ? {
        targets: must(readEnvelope(targetsDecoder, targets, "targets")),
        channel: must(readEnvelope(targetsDecoder, channel, "channel")),
      }
    : {};
  const policyFile = held && bytes ? { policy: { policy: held, bytes, digest: sha256(bytes) } } : {};
  return looks({ root, files, mirror, holds: [{ ...stored, ...policyFile }, newborn] });
}

const hide = (path: string, bytes: Uint8Array) => (path.startsWith("sidecars/") ? undefined : bytes);
/** The gates at which a sidecar was judged, and where it ended. */
const judged = ({ trail }: Report) => trail.filter(({ check }) => check === "sidecar/signatures").map(({ gate }) => gate);
const end = ({ refusal, trail }: Report) => [refusal?.code, trail.at(-1)?.gate];

test("targets and channel are judged with the sidecars that the policy demands, and without one where none does", async () => {
  assert.deepEqual(judged(await look(undefined, strict)), [4, 5]);
  const without = await look(undefined, lax, hide);
  assert.deepEqual([judged(without), without.trail.some(({ gate }) => gate === 5)], [[], true]);
});

test("attack: a mirror that hides the sidecars, one of them, or serves that of the other role", async () => {
  assert.deepEqual(end(await look(undefined, strict, hide)), ["sidecar-missing", 4]);
  let sidecars = 0;
  const second = await look(undefined, strict, (path, bytes) => (path.startsWith("sidecars/") && ++sidecars > 1 ? undefined : bytes));
  assert.deepEqual(end(second), ["sidecar-missing", 5]);
  const spoiled = await look(undefined, strict, (path, bytes) =>
    path.startsWith("sidecars/") ? sidecarOf("beta", { _type: "targets" }) : bytes,
  );
  assert.deepEqual(end(spoiled), ["sidecar-threshold-not-met", 4]);
});

test("attack: forged targets list a policy that drops the demand of the one that is held", async () => {
  assert.deepEqual(end(await look({ ...strict, version: 1 }, lax, hide)), ["sidecar-missing", 4]);
});

test("attack: the first policy with a demand comes in targets that do not meet it", async () => {
  assert.deepEqual(end(await look({ ...lax, version: 1 }, strict, hide)), ["sidecar-missing", 4]);
});

test("files that were judged under this very policy are not asked for their sidecars again", async () => {
  const again = await look(strict, strict, hide, true);
  assert.deepEqual([judged(again), again.trail.some(({ gate }) => gate === 5)], [[], true]);
  assert.deepEqual(end(await look({ ...strict, version: 1, coolingOffSeconds: 7200 }, strict, hide, true)), ["sidecar-missing", 5]);
});
