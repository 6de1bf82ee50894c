// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { root } from "@countersign/trust/anchor/root";
import { dsseSignedBy, readDsse } from "@countersign/trust/build/dsse";
import { readEnvelope } from "@countersign/trust/envelope";
import { ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { proofPath } from "@countersign/trust/workflow/step";
import { layGround } from "@countersign/world/ground";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile, dutyDirectory, keyIn, storeDirectory } from "@countersign/world/project";
import type { Delivery } from "./delivery.ts";

const directory = mkdtempSync(join(tmpdir(), "build-"));
const pace = { batchMilliseconds: 10, pollMilliseconds: 1000, heartbeatMilliseconds: 10_000, timestampSeconds: 3600 };
const ground = await layGround(directory, { ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]), pace });
after(async () => {
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const artifact = join(directory, "hello-1.tar.zst");
writeFileSync(artifact, "bytes of a release");
const config = {
  artifacts: [artifact],
  store: storeDirectory(ground.project),
  ledger: ground.ledgerUrl,
  key: keyIn(dutyDirectory(ground.project, "builder")),
  builderId: "https://build.example/runner",
  buildType: "https://build.example/v1",
  source: "git+https://git.example/hello",
  commit: "0123456789abcdef0123456789abcdef01234567",
  parameters: { ref: "refs/heads/main" },
};

async function run(changes: object = {}): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const configFile = join(directory, "build.json");
  writeFileSync(configFile, JSON.stringify({ ...config, ...changes }));
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), configFile], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, out, err };
}

test("a build leaves its bytes, its provenance and the proof of it in the store, and says what a statement has to name", async () => {
  const { code, out, err } = await run();
  assert.equal(code, 0, err);
  const { artifacts, provenance } = JSON.parse(out) as Delivery;
  const [built] = artifacts;
  assert.ok(built);
  assert.deepEqual([built.name, built.length], ["hello-1.tar.zst", 18]);
  assert.equal(Buffer.from((await ground.store.read(`artifacts/${built.sha256}`)) ?? "").toString(), "bytes of a release");

  const envelope = readDsse((await ground.store.read(`provenance/${provenance}`)) ?? new Uint8Array());
  assert.ok(envelope.ok);
  assert.equal(dsseSignedBy(envelope.value, (await ground.key("builder")).tuf), true);

  const anchor = readEnvelope(root, readFileSync(anchorFile(ground.project)), "root");
  assert.ok(anchor.ok);
  const proof = Buffer.from((await ground.store.read(proofPath(provenance))) ?? "").toString();
  const subject = { candidate: { type: "provenance", digest: provenance }, proof, ledger: ledgerTrust(anchor.value.signed) } as const;
  assert.equal(loggedCheck("test").examine(subject).ok, true);
});

test("without a ledger it says so, and running it again completes it", async () => {
  const changes = { parameters: { ref: "refs/heads/next" } };
  const stopped = await run({ ...changes, ledger: "http://127.0.0.1:9" });
  assert.deepEqual([stopped.code, stopped.out, JSON.parse(stopped.err).refusal.code], [2, "", "ledger-unavailable"]);
  const { code, out } = await run(changes);
  assert.equal(code, 0);
  assert.ok(await ground.store.read(proofPath((JSON.parse(out) as Delivery).provenance)));
});

test("a key that does not open, and a configuration with a member too many, are refusals", async () => {
  const { passphraseFile } = keyIn(dutyDirectory(ground.project, "publish-snapshot"));
  const locked = await run({ key: { ...config.key, passphraseFile } });
  assert.equal(locked.code, 2);
  assert.ok(JSON.parse(locked.err).refusal.remedy);
  assert.equal(JSON.parse((await run({ secret: "x" })).err).refusal.code, "malformed-document");
});
