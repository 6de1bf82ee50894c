// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { topAuthority } from "@countersign/trust/anchor/root";
import { channelAuthority } from "@countersign/trust/anchor/targets";
import { sha256 } from "@countersign/trust/digest";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { signersOf } from "@countersign/trust/quorum";
import { type FoundingPlan, foundRepository, type OwnedSigner } from "./founding.ts";

function ownedBy(owner: string): OwnedSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const tuf = { keytype: "ed25519", scheme: "ed25519", keyval: { public: Buffer.from(rawPublicKey(publicKey)).toString("hex") } } as const;
  return { keyid: keyidOf(tuf), tuf, owner, sign: async (message) => sign(null, message, privateKey) };
}

/** A key as an HSM makes it: its PEM has line breaks. */
function p256(): PublicKey {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return {
    keytype: "ecdsa",
    scheme: "ecdsa-sha2-nistp256",
    keyval: { public: publicKey.export({ format: "pem", type: "spki" }).toString() },
  };
}

const vkeyOf = (name: string, type: 1 | 4): string => formatVkey(name, type, rawPublicKey(generateKeyPairSync("ed25519").publicKey));
const [ann, ben, online, signer] = [ownedBy("ann"), ownedBy("ben"), ownedBy("cem"), p256()];
const holders = [ann.tuf, ben.tuf, signer].map((key, index) => [keyidOf(key), { key, holder: `holder-${index}`, owner: `owner-${index}` }]);

const plan: FoundingPlan = {
  expires: { root: "2090-01-01T00:00:00Z", targets: "2089-01-01T00:00:00Z" },
  roles: {
    root: { keys: [ann, ben], threshold: 2 },
    targets: { keys: [ann, ben], threshold: 1 },
    snapshot: { keys: [online], threshold: 1 },
    timestamp: { keys: [online], threshold: 1 },
  },
  log: { origin: "log.example", vkey: vkeyOf("log.example", 1) },
  witnesses: [vkeyOf("one", 4), vkeyOf("two", 4)],
  witnessQuorum: 2,
  policy: {
    _type: "policy",
    spec: "countersign/1",
    version: 1,
    separation: "owner",
    coolingOffSeconds: 60,
    holders: Object.fromEntries(holders),
    channels: {
      stable: {
        profile: "app",
        proposers: [ann.keyid],
        approvers: [ann.keyid, ben.keyid],
        approvals: 1,
        soakSeconds: 60,
        urgent: { soakSeconds: 10, extraApprovals: 1 },
        builders: {
          quorum: 1,
          trusted: [{ id: "builder", keyid: ben.keyid, buildType: "type", source: "git+https://example.org", parameters: {} }],
        },
        freshRevokers: 1,
        revocationSeconds: 86_400,
        readThrough: 0,
      },
    },
    revokers: { "revoke-ann": ann.keyid },
    monitors: {},
    download: { connectSeconds: 1, idleSeconds: 1, totalSeconds: 1, minimumBytesPerSecond: 1 },
  },
  signers: { stable: { keyids: [keyidOf(signer)], threshold: 1 } },
};

const codeOf = async (change: Partial<FoundingPlan>): Promise<string> => {
  const founding = await foundRepository({ ...plan, ...change });
  return founding.ok ? "ok" : founding.refusal.code;
};

test("what is founded reads back, signed by its quorums, with each owner named and each channel delegated", async () => {
  const founding = await foundRepository(plan);
  assert.ok(founding.ok, JSON.stringify(founding));
  const { root, targets, files } = founding.value;
  assert.equal(signersOf(root, topAuthority(root.signed, "root")).length, 2);
  assert.equal(signersOf(targets, topAuthority(root.signed, "targets")).length, 2);
  assert.deepEqual({ ...root.signed.countersign.owners }, { [ann.keyid]: "ann", [ben.keyid]: "ben", [online.keyid]: "cem" });
  assert.deepEqual({ ...channelAuthority(targets.signed, "stable")?.keys }, { [keyidOf(signer)]: signer });
  const entry = targets.signed.targets.get("policy.json");
  const listed = entry.ok ? entry.value : undefined;
  assert.ok(listed);
  assert.deepEqual([...files.keys()], ["metadata/1.root.json", "metadata/1.targets.json", `targets/${listed.hashes.sha256}.policy.json`]);
  const policyBytes = files.get(`targets/${listed.hashes.sha256}.policy.json`) ?? new Uint8Array();
  assert.deepEqual([sha256(policyBytes), policyBytes.length], [listed.hashes.sha256, listed.length]);
  assert.deepEqual(JSON.parse(Buffer.from(policyBytes).toString()), plan.policy, "any JSON reader reads it, keys with line breaks too");
});

test("a plan that devices would refuse is refused here", async () => {
  assert.equal(await codeOf({ witnessQuorum: 3 }), "malformed-document");
  assert.equal(await codeOf({ roles: { ...plan.roles, root: { keys: [ann], threshold: 2 } } }), "malformed-document");
  assert.equal(await codeOf({ policy: { ...plan.policy, revokers: {} } }), "malformed-document");
  assert.equal(await codeOf({ signers: {} }), "plan-incomplete");
  assert.equal(await codeOf({ signers: { ...plan.signers, beta: { keyids: [keyidOf(signer)], threshold: 1 } } }), "plan-incomplete");
  assert.equal(
    await codeOf({ signers: { stable: { keyids: [online.keyid], threshold: 1 } } }),
    "plan-incomplete",
    "a signer whom nobody holds",
  );
});
