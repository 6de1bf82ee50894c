// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { targets as targetsDecoder } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { expires, people, policyOf, rootOf, spec_version, targetsOf } from "@countersign/trust/founding.test-support";
import { must, type Person, signedBytes } from "@countersign/trust/simulator.test-support";
import { snapshot as snapshotDecoder } from "@countersign/trust/tuf/snapshot";
import { createDevice } from "../device.ts";
import { gate, goOn } from "../gate.ts";
import { serve } from "../servers.test-support.ts";
import { update } from "../update.ts";
import { channelGate } from "./channel.ts";

const { alice, bob, carol } = people;
const fileOf = (bytes: Uint8Array) => ({ length: bytes.length, hashes: { sha256: sha256(bytes) } });
const keysOf = (...of: readonly Person[]) => Object.fromEntries(of.map(({ keyid, key }) => [keyid, key]));

const channelFile = (version: number, ...signers: readonly Person[]) =>
  signedBytes({ _type: "targets", spec_version, version, expires, targets: {} }, ...signers);

/** What gate 5 says to a device that kept a file of stable and is shown another, both channels being delegated to these two. */
async function shows(kept: Uint8Array, channel: string, version: number, ...signers: readonly Person[]): Promise<string | undefined> {
  const served = await channelFile(version, ...signers);
  const roles = ["stable", "beta"].map((name) => ({
    ...{ name, keyids: signers.map(({ keyid }) => keyid), threshold: 2, terminating: true, paths: [`${name}/*/*/*`] },
  }));
  const top = await signedBytes(targetsOf({}, { delegations: { keys: keysOf(...signers), roles } }), alice, bob);
  const meta = { [`${channel}.json`]: { version, ...fileOf(served) } };
  const listing = await signedBytes({ _type: "snapshot", spec_version, version: 1, expires, meta }, alice);
  const url = await serve(({ url: path }, response) => {
    const found = path === `/metadata/${version}.${channel}.json` ? served : undefined;
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await using device = await mkdtempDisposable(`${tmpdir()}/countersign-channel-`);
  const place = { product: "hello", platform: "linux-x64", channel, id: "d", privileges: [], installer: "directory" } as const;
  await createDevice(device.path, { ...place, url: url.replace(/\/$/, "") }, await signedBytes(rootOf(), alice, bob));
  const earlier = gate({
    number: 4,
    name: "what earlier gates found",
    checks: {},
    async pass(attempt) {
      const policy = policyOf();
      attempt.memory = { ...attempt.memory, channel: "stable" };
      const bytes = servedBytes(policy);
      attempt.documents = { ...attempt.documents, channel: must(readEnvelope(targetsDecoder, kept, "channel")) };
      attempt.found.policy = { policy, bytes, digest: sha256(bytes) };
      attempt.found.judges = [policy];
      attempt.found.targets = must(readEnvelope(targetsDecoder, top, "targets"));
      attempt.found.snapshot = must(readEnvelope(snapshotDecoder, listing, "snapshot"));
      return goOn;
    },
  });
  return must(await update(device.path, { until: "check", gates: [earlier, channelGate] })).refusal?.code;
}

test("a device that is set to another channel does not hold its versions against those of the one before", async () => {
  const stable = await channelFile(10, alice, bob);
  assert.equal(await shows(stable, "beta", 3, alice, bob), undefined);
  assert.equal(await shows(stable, "stable", 3, alice, bob), "version-rolled-back");
});

test("attack: a stolen signing quorum raises the version as far as it goes; under replaced keys the device goes on", async () => {
  const stolen = await channelFile(Number.MAX_SAFE_INTEGER, alice, bob);
  assert.equal(await shows(stolen, "stable", 2, alice, bob), "version-rolled-back");
  assert.equal(await shows(stolen, "stable", 2, bob, carol), undefined);
});
