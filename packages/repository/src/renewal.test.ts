// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createKey } from "@countersign/custody/encrypted-file";
import { channelPattern, type TargetsDocument, targets, targetsDocumentOf } from "@countersign/trust/anchor/targets";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import type { Policy } from "@countersign/trust/policy/policy";
import { type Delegator, standsUnder } from "./delegator.ts";
import { ed25519, type TestKey } from "./edit/plain-repository.test-support.ts";
import { renewalReason, renewedChannel } from "./renewal.ts";
import { signSidecar } from "./sidecar.ts";
import { documentBytes, signDocument } from "./sign-document.ts";
import { SPEC_VERSION } from "./spec-version.ts";

const [ann, ben, cem, dia] = [ed25519(), ed25519(), ed25519(), ed25519()];
const owners = new Map([
  [ann, "ann"],
  [ben, "ben"],
  [cem, "cem"],
  [dia, "cem"],
]);
const holders = Object.fromEntries([...owners].map(([{ keyid, tuf }, owner]) => [keyid, { key: tuf, holder: keyid, owner }]));
const policy = { separation: "owner", holders, channels: { stable: {} } } as unknown as Policy; // no more of it is looked at
const common = { _type: "targets", spec_version: SPEC_VERSION, expires: "2030-01-01T00:00:00Z" } as const;

async function signed(document: TargetsDocument, keys: readonly TestKey[]): Promise<Envelope<TargetsDocument>> {
  const read = readEnvelope(targets, documentBytes(await signDocument(document, keys)), "test");
  assert.ok(read.ok, JSON.stringify(read));
  const whole = targetsDocumentOf(read.value.signed);
  assert.ok(whole.ok);
  return { ...read.value, signed: whole.value };
}

/** Targets that delegate stable to two of these keys. */
async function delegating(version: number, keys: readonly TestKey[]): Promise<Pick<Delegator, "targets" | "policy">> {
  const role = {
    name: "stable",
    keyids: keys.map(({ keyid }) => keyid),
    threshold: 2,
    terminating: true,
    paths: [channelPattern("stable")],
  };
  const delegations = { keys: Object.fromEntries(keys.map(({ keyid, tuf }) => [keyid, tuf])), roles: [role] };
  return { targets: await signed({ ...common, version, targets: {}, delegations }, [ann]), policy };
}

const before = await delegating(1, [ann, ben, cem]);
const after = await delegating(2, [ben, cem]);
const file = await signed({ ...common, version: 7, targets: {} }, [ann, ben]);
const year = Date.parse("2029-01-01T00:00:00Z");

test("a renewal says the same under the next version, for longer", () => {
  assert.deepEqual(renewedChannel(file.signed, "2031-01-01T00:00:00Z"), { ...file.signed, version: 8, expires: "2031-01-01T00:00:00Z" });
});

test("a channel file grows old when a renewal at least doubles the time that it has left, so that no renewal calls for the next", () => {
  const reason = (expires: string) => renewalReason("stable", file, before, expires, year);
  assert.equal(reason("2030-12-31T00:00:00Z"), undefined);
  assert.equal(reason("2031-01-02T00:00:00Z"), "grows-old");
  const expired = Date.parse("2030-06-01T00:00:00Z");
  assert.equal(renewalReason("stable", file, before, "2030-06-02T00:00:00Z", expired), "grows-old");
});

test("a channel file whose signers the owners replaced is renewed at once, and one whose other signers suffice is not", async () => {
  assert.equal(renewalReason("stable", file, after, common.expires, year), "signers-changed");
  const other = await signed(file.signed, [ben, cem]);
  assert.equal(renewalReason("stable", other, after, common.expires, year), undefined);
});

test("a channel file whose policy newly demands a sidecar is renewed at once, and stands with one", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "renewal-"));
  const eve = await createKey(join(directory.path, "eve.key"), "a passphrase", "ml-dsa-44");
  const holders = { [eve.keyid]: { key: eve.tuf, holder: "pq-ann", owner: "ann" } };
  const postQuantum = { repository: "hello.example", holders, roles: { stable: { keyids: [eve.keyid], threshold: 1 } } };
  const demanding = { ...before, policy: { ...before.policy, postQuantum } };
  assert.equal(renewalReason("stable", file, before, common.expires, year), undefined);
  assert.equal(renewalReason("stable", file, demanding, common.expires, year), "signers-changed");
  const { signatures } = await signSidecar("hello.example", "stable", file, [eve]);
  assert.equal(renewalReason("stable", { ...file, sidecar: signatures }, demanding, common.expires, year), undefined);
});

test("attack: a channel file with the signatures of one owner's two keys, or for paths that are not delegated, stands under nothing", async () => {
  const both = await delegating(3, [cem, dia]);
  const code = async (signing: Promise<Envelope<TargetsDocument>>, channel = "stable") => {
    const stands = standsUnder(channel, await signing, both);
    return stands.ok ? "stands" : stands.refusal.code;
  };
  assert.equal(await code(signed(file.signed, [cem, dia])), "owners-not-distinct");
  const stray = { "beta/hello/linux-x64/head.json": { length: 1, hashes: { sha256: file.digest } } };
  const strayed = standsUnder("stable", await signed({ ...file.signed, targets: stray }, [ben, cem]), after);
  assert.equal(strayed.ok || strayed.refusal.code, "path-not-delegated");
  assert.equal(await code(signed(file.signed, [cem, dia]), "beta"), "channel-unknown");
});
