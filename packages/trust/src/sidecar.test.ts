// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { canonicalBytes, servedBytes } from "./canonical.ts";
import { decode } from "./decode.ts";
import { sha256 } from "./digest.ts";
import type { Envelope } from "./envelope.ts";
import { people, policyOf } from "./founding.test-support.ts";
import { keyidOf, type PublicKey } from "./key.ts";
import { type Policy, policy as policyDecoder } from "./policy/policy.ts";
import type { PostQuantum } from "./policy/post-quantum.ts";
import { accept } from "./refusal.ts";
import { readSidecar, type Sidecar, sidecarChecks, sidecarMessage, sidecarPath } from "./sidecar.ts";
import { codeOf, must } from "./simulator.test-support.ts";
import { sidecarStep } from "./workflow/sidecar.ts";

interface Owner {
  readonly name: string;
  readonly key: PublicKey;
  readonly keyid: string;
  sign(message: Uint8Array): string;
}

function owner(name: string): Owner {
  const { publicKey, privateKey } = generateKeyPairSync("ml-dsa-44");
  const raw = Buffer.from(String((publicKey.export({ format: "jwk" }) as Record<string, unknown>)["pub"]), "base64url");
  const key: PublicKey = { keytype: "ml-dsa", scheme: "ml-dsa-44", keyval: { public: raw.toString("hex") } };
  return { name, key, keyid: keyidOf(key), sign: (message) => sign(null, message, privateKey).toString("hex") };
}

const [ann, ben, eve] = [owner("ann"), owner("ben"), owner("eve")];
const holdersOf = (...owners: readonly Owner[]): PostQuantum["holders"] =>
  Object.fromEntries(owners.map(({ name, key, keyid }) => [keyid, { key, holder: `pq-${name}`, owner: name }]));
const quorum = { keyids: [ann.keyid, ben.keyid], threshold: 2 };
const repository = "hello.example";
const demanding = (
  roles: PostQuantum["roles"] = { targets: quorum, stable: quorum },
  holders = holdersOf(ann, ben),
  named = repository,
): Policy => must(decode(policyDecoder, policyOf({ postQuantum: { repository: named, holders, roles } }), "policy"));

function documentOf(signed: object): Envelope<object> {
  const bytes = servedBytes({ signatures: [], signed });
  return { signatures: [], signed, message: canonicalBytes(signed), bytes, digest: sha256(bytes) };
}

const file = documentOf({ _type: "targets", version: 7 });
const sidecarOf = (role: string, document: Envelope<object>, ...owners: readonly Owner[]): Sidecar => ({
  _type: "sidecar",
  spec: "countersign/1",
  signatures: owners.map(({ keyid, sign }) => ({ keyid, sig: sign(sidecarMessage(repository, role, document.message)) })),
});

async function code(served: unknown, policies: readonly Policy[] = [demanding()], role = "stable"): Promise<string> {
  const asked: string[] = [];
  const read = async (path: string) => {
    asked.push(path);
    return accept(path === sidecarPath(file.digest) && served !== undefined ? servedBytes(served) : undefined);
  };
  const step = await sidecarStep(role, file, policies, read, sidecarChecks);
  assert.ok(asked.length <= 1);
  return `${codeOf(step.outcome)}${asked.length === 0 ? ", nothing read" : ""}`;
}

test("a file with the ML-DSA signatures that the policy demands", async () => {
  assert.equal(await code(sidecarOf("stable", file, ann, ben)), "accepted");
  assert.equal(await code(sidecarOf("stable", file, eve, ben, ann)), "accepted");
});

test("where no policy demands a sidecar of this role, none is read", async () => {
  const none = must(decode(policyDecoder, policyOf(), "policy"));
  assert.equal(await code(undefined, [none]), "accepted, nothing read");
  assert.equal(await code(undefined, [demanding({ targets: quorum })]), "accepted, nothing read");
});

test("attack: a mirror that keeps a sidecar back, or serves what is none", async () => {
  assert.equal(await code(undefined), "sidecar-missing");
  assert.equal(await code({}), "malformed-document");
  const [signature] = sidecarOf("stable", file, ann).signatures;
  assert.ok(signature);
  const bad: readonly object[] = [
    { signatures: [] },
    { signatures: [signature, signature] },
    { signatures: [{ ...signature, sig: signature.sig.toUpperCase() }] },
    { signatures: [{ ...signature, sig: "" }] },
    { signatures: [signature], note: "" },
    { _type: "targets" },
    { spec: "countersign/2" },
    { signatures: Array.from({ length: 65 }, (_, index) => ({ keyid: String(index), sig: "00" })) },
  ];
  for (const change of bad)
    assert.equal(codeOf(readSidecar(servedBytes({ ...sidecarOf("stable", file, ann), ...change }))), "malformed-document");
});

test("attack: fewer owners than demanded, a stranger, one key under two names, one owner with two keys", async () => {
  const refused = "sidecar-threshold-not-met";
  assert.equal(await code(sidecarOf("stable", file, ann)), refused);
  assert.equal(await code(sidecarOf("stable", file, ann, eve)), refused);
  const [signature] = sidecarOf("stable", file, ann).signatures;
  assert.ok(signature);
  const renamed = { ...sidecarOf("stable", file, ann), signatures: [signature, { ...signature, keyid: ben.keyid }] };
  assert.equal(await code(renamed), refused);
  const second = owner("ann");
  const three = { keyids: [ann.keyid, second.keyid, ben.keyid], threshold: 2 };
  const policy = demanding({ stable: three }, holdersOf(ann, second, ben));
  assert.equal(await code(sidecarOf("stable", file, ann, second), [policy]), refused);
  assert.equal(await code(sidecarOf("stable", file, second, ben), [policy]), "accepted");
});

test("attack: the sidecar of another file, of another role, or of the bare message", async () => {
  const refused = "sidecar-threshold-not-met";
  assert.equal(await code(sidecarOf("stable", documentOf({ _type: "targets", version: 8 }), ann, ben)), refused);
  assert.equal(await code(sidecarOf("beta", file, ann, ben)), refused);
  assert.equal(await code(sidecarOf("targets", file, ann, ben)), refused);
  const bare = { ...sidecarOf("stable", file), signatures: [ann, ben].map(({ keyid, sign }) => ({ keyid, sig: sign(file.message) })) };
  assert.equal(await code(bare), refused);
});

test("attack: the sidecar of another repository, whose owners signed the very same file with the same keys", async () => {
  const theirs = demanding(undefined, undefined, "other.example");
  assert.equal(await code(sidecarOf("stable", file, ann, ben), [theirs]), "sidecar-threshold-not-met");
  assert.equal(await code(sidecarOf("stable", file, ann, ben), [demanding(), theirs]), "sidecar-threshold-not-met", "each by its own name");
});

test("attack: a sidecar that is longer than any can be, which nobody parses", async () => {
  const longest = { keyid: "f".repeat(64), sig: "00".repeat(4627) };
  const full = { ...sidecarOf("stable", file), signatures: Array.from({ length: 64 }, (_, at) => ({ ...longest, keyid: `${at}` })) };
  assert.equal(await code(full), "sidecar-threshold-not-met", "as long as one can be, it is read");
  const bytes = servedBytes(full);
  assert.equal(codeOf(readSidecar(Buffer.concat([bytes, Buffer.alloc(640 * 1024 - bytes.length, " ")]))), "accepted");
  assert.equal(codeOf(readSidecar(Buffer.concat([bytes, Buffer.alloc(640 * 1024 - bytes.length + 1, " ")]))), "document-too-large");
});

test("attack: a new policy that drops the demand, or asks for other owners, while the old one still judges", async () => {
  const lax = must(decode(policyDecoder, policyOf({ version: 2 }), "policy"));
  const theirs = demanding({ stable: { keyids: [eve.keyid], threshold: 1 } }, holdersOf(eve));
  assert.equal(await code(undefined, [demanding(), lax]), "sidecar-missing");
  assert.equal(await code(sidecarOf("stable", file, eve), [demanding(), theirs]), "sidecar-threshold-not-met");
  assert.equal(await code(sidecarOf("stable", file, ann, ben), [demanding(), theirs]), "sidecar-threshold-not-met");
  assert.equal(await code(sidecarOf("stable", file, ann, ben, eve), [demanding(), theirs]), "accepted");
});

test("what is signed is the repository, the role and the SHA-512 of the message, in four lines", () => {
  const message = Buffer.from(sidecarMessage("hello.example", "stable", Buffer.from("{}"))).toString();
  const digest =
    "27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd";
  assert.equal(message, `countersign/sidecar/v1\nhello.example\nstable\n${digest}\n`);
});

test("a demand that cannot be met, or that nobody could check, is no policy", () => {
  const code = (postQuantum: object, change: Partial<Policy> = {}): string =>
    codeOf(decode(policyDecoder, { ...policyOf(change), postQuantum: { repository, ...postQuantum } }, "policy"));
  const holders = holdersOf(ann, ben);
  const refused = "malformed-document";
  assert.equal(code({ holders, roles: {} }), "accepted");
  for (const named of [undefined, "", "two words", "line\nbreak"])
    assert.equal(code({ holders, roles: {}, repository: named }), refused, "a repository without a name");
  assert.equal(code({ holders, roles: { root: quorum } }), refused, "root has no sidecars");
  assert.equal(code({ holders, roles: { timestamp: quorum } }), refused);
  assert.equal(code({ holders, roles: { beta: quorum } }), refused, "no such channel");
  assert.equal(code({ holders, roles: { stable: { ...quorum, threshold: 3 } } }), refused);
  assert.equal(code({ holders, roles: { stable: { ...quorum, threshold: 0 } } }), refused);
  assert.equal(code({ holders, roles: { stable: { keyids: [ann.keyid, ann.keyid], threshold: 2 } } }), refused);
  assert.equal(code({ holders, roles: { stable: { keyids: [eve.keyid], threshold: 1 } } }), refused, "nobody's key");
  assert.equal(code({ holders: { [ben.keyid]: holders[ann.keyid] }, roles: {} }), refused, "under another's identifier");
  const { alice } = people;
  assert.equal(code({ holders: { [alice.keyid]: { key: alice.key, holder: "a", owner: "a" } }, roles: {} }), refused, "not ML-DSA");
  const oneOwner = Object.fromEntries(Object.entries(holders).map(([keyid, holder]) => [keyid, { ...holder, owner: "ann" }]));
  assert.equal(code({ holders: oneOwner, roles: { stable: quorum } }), refused, "one owner twice");
  assert.equal(
    code({ holders: oneOwner, roles: { stable: quorum } }, { separation: "key" }),
    "accepted",
    "one person, two keys, said aloud",
  );
});
