// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { windowClient } from "@countersign/release/window-client";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository } from "@countersign/repository/view";
import { certificateName } from "@countersign/trust/build/certificate";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { judge } from "@countersign/trust/check";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { codeOf, must, statementOf } from "@countersign/trust/simulator.test-support";
import { readAttestations } from "@countersign/trust/workflow/attestations";
import { attestIn, type Built, type Peers } from "./attest-in-job.ts";
import { ciPlatformConfig, ciPlatforms } from "./ci-job.ts";
import { governConfig, issuerConfig, publishConfig } from "./duty-configs.ts";
import { layGround } from "./ground.ts";
import { openWindow } from "./open-window.ts";
import type { Plan, PlannedBuilder } from "./plan.ts";
import { ownersPlan } from "./plans/owners.ts";
import { anchorFile } from "./project.ts";
import { registerIdentities } from "./register.ts";

const directory = mkdtempSync(join(tmpdir(), "builders-"));
const pace = { batchMilliseconds: 10, pollMilliseconds: 100, heartbeatMilliseconds: 1000, timestampSeconds: 3600 };
const plan: Plan = { ...ownersPlan("app", "hello", "stable", ["ann", "ben", "cem", "dia", "eve"], 2), pace };
const ground = await layGround(join(directory, "project"), plan);
after(async () => {
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
const { project } = ground;
const [first, second] = plan.builders as readonly [PlannedBuilder, PlannedBuilder];

/** Everything that certifying takes, each a process: two platforms, govern, publish with a repository to read the policy from, two issuers. */
async function startPeers(): Promise<Peers> {
  const started = ciPlatforms(plan).map(
    async (each) => [each.issuer, (await ground.start("ci-platform", each.holder, await ciPlatformConfig(project, each, 0))).url] as const,
  );
  const platforms = Object.fromEntries(await Promise.all(started));
  const govern = await ground.start("govern", "govern", governConfig(project, 0, ground.ledgerUrl, platforms));
  await ground.start("publish", "publish", publishConfig(project, 0, govern.url, ground.ledgerUrl));
  const asked = { distribute: ground.url, ledger: ground.ledgerUrl, govern: govern.url, platforms };
  const issuers = await Promise.all(
    plan.builders.map(async (builder) => {
      const { url } = await ground.start("build/issuer", builder.holder, issuerConfig(project, builder, 0, asked));
      return [builder.holder, url] as const;
    }),
  );
  await registerIdentities(project, govern.url);
  return { platforms, govern: govern.url, ledger: ground.ledgerUrl, issuers: Object.fromEntries(issuers) };
}
const peers = await startPeers();

let builds = 0;
async function build(builder: PlannedBuilder, bytes: string, commit = "1".repeat(40)): Promise<Built | string> {
  const work = join(directory, `build-${++builds}`);
  await mkdir(work);
  const archive = join(work, "hello.tar.zst");
  await writeFile(archive, bytes);
  const built = await attestIn(project, peers, builder, { archive, commit, version: "1.0.0", work });
  return built.ok ? built.value : built.refusal.code;
}

async function built(...of: Parameters<typeof build>): Promise<Built> {
  const made = await build(...of);
  if (typeof made === "string") throw new Error(made);
  return made;
}

/** What devices say to a release of these bytes with this provenance. */
async function judged(bytes: Digest, provenance: readonly Digest[]): Promise<string> {
  const read = readFrom(ground.store);
  const { policy, ledger } = must(await openRepository(read, readFileSync(anchorFile(project)), Date.now()));
  const rules = policy.channels["stable"];
  if (rules === undefined) throw new Error("no such channel");
  const attestations = must(await readAttestations(read, provenance));
  const artifacts = statementOf().artifacts.map((artifact) => ({ ...artifact, sha256: bytes }));
  const candidate = statementOf({ provenance, artifacts });
  return codeOf(judge({ candidate, attestations, policy, rules, ledger }, provenanceChecks).outcome);
}

test("without an open window no key is certified, and nothing is attested", async () => {
  assert.equal(await build(first, "the bytes"), "window-not-open");
});

test("two builders of different owners, each with a key of the job that its own issuer certified, over identical bytes", async () => {
  must(await openWindow(project, peers, { releases: 2, reason: "1.0.0" }));
  const [one, other] = [await built(first, "the bytes"), await built(second, "the bytes")];
  assert.equal(one.sha256, other.sha256);
  assert.equal(await judged(one.sha256, [one.provenance, other.provenance]), "accepted");
  assert.equal(await judged(one.sha256, [one.provenance]), "builder-not-trusted");
});

test("attack: one of two builders has an implant, and its bytes differ", async () => {
  const [honest, implanted] = [await built(first, "the honest bytes"), await built(second, "the bytes with an implant")];
  for (const bytes of [honest.sha256, implanted.sha256])
    assert.equal(await judged(bytes, [honest.provenance, implanted.provenance]), "artifact-not-attested");
});

test("attack: one builder's job asks the other one's issuer", async () => {
  const swapped = { ...peers, issuers: { [first.holder]: peers.issuers[second.holder] ?? "" } };
  const work = join(directory, "swapped");
  await mkdir(work);
  const archive = join(work, "hello.tar.zst");
  await writeFile(archive, "the bytes");
  const answer = await attestIn(project, swapped, first, { archive, commit: "1".repeat(40), version: "1.0.0", work });
  assert.equal(codeOf(answer), "builder-not-certified-here");
});

test("every certificate is in the ledger, and the issuer shows what stands behind an entry", async () => {
  const { provenance } = await built(first, "the bytes");
  const [attestation] = must(await readAttestations(readFrom(ground.store), [provenance]));
  const certificate = attestation?.envelope.signatures[0]?.certificate;
  assert.ok(certificate);
  const name = certificateName(certificate);
  must(await ground.ledger.prove({ type: "certificate", digest: name }));
  const answer = await fetch(`${peers.issuers[first.holder]}/certificates/${name}`);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(certificate.message));
  assert.equal((await fetch(`${peers.issuers[first.holder]}/certificates/${sha256(Buffer.from("none"))}`)).status, 404);
});

test("a key is certified no more once the window is closed", async () => {
  const client = windowClient(peers.govern);
  const key = await ground.key("cem");
  for (const { id, state } of must(await client.windows()))
    if (state === "open")
      must(await client.act(key, { act: "window.close", subject: id, body: {}, now: Date.now(), nonce: randomBytes(16) }));
  assert.equal(await build(first, "more bytes"), "window-not-open");
});
