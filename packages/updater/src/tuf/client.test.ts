// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { binOf } from "@countersign/trust/tuf/delegation";
import { clientOf, codeOf, newDirectory, optionsFor, trustedIn } from "./client.test-support.ts";
import { initialise, TufClient } from "./client.ts";
import { signer, TestRepository } from "./repository.test-support.ts";

const noNews = ["metadata/2.root.json", "metadata/timestamp.json"];

test("a cold refresh asks in the order of the workflow and keeps exactly the bytes that were served", async () => {
  const repository = await TestRepository.start();
  const { client, directory } = await clientOf(repository);
  assert.equal(codeOf(await client.refresh()), "accepted");
  assert.deepEqual(repository.requests, [...noNews, "metadata/1.snapshot.json", "metadata/1.targets.json"]);
  assert.equal(await trustedIn(directory), "root 1, snapshot 1, targets 1, timestamp 1");
  assert.deepEqual(await readFile(join(directory, "timestamp.json")), repository.files.get("metadata/timestamp.json"));
});

test("a check without news asks for the next root and the timestamp, and nothing else", async () => {
  const repository = await TestRepository.start();
  const { client, directory } = await clientOf(repository);
  await client.refresh();
  repository.requests.length = 0;
  assert.equal(codeOf(await client.refresh()), "accepted");
  assert.equal(codeOf(await new TufClient(await optionsFor(repository, { directory })).refresh()), "accepted");
  assert.deepEqual(repository.requests, [...noNews, ...noNews]);
});

test("without consistent snapshots, file names carry no version and targets no hash", async () => {
  const repository = await TestRepository.start({ consistent_snapshot: false });
  repository.addTarget("targets", "dir/f", "bytes");
  repository.release("targets");
  const { client } = await clientOf(repository);
  assert.equal(codeOf(await client.download("dir/f", await newDirectory())), "accepted");
  assert.deepEqual(repository.requests, [...noNews, "metadata/snapshot.json", "metadata/targets.json", "targets/dir/f"]);
});

test("a download refreshes first, asks under the hash, and again asks nobody", async () => {
  const repository = await TestRepository.start();
  repository.addTarget("targets", "dir/a file?", "bytes");
  repository.release("targets");
  const { client } = await clientOf(repository);
  const directory = await newDirectory();
  const first = await client.download("dir/a file?", directory);
  assert.ok(first.outcome.ok);
  assert.equal(await readFile(first.outcome.value.file, "utf8"), "bytes");
  assert.match(repository.requests.at(-1) ?? "", /^targets\/dir\/[0-9a-f]{64}\.a%20file%3F$/);
  const asked = repository.requests.length;
  const second = await client.download("dir/a file?", directory);
  assert.ok(second.outcome.ok && second.outcome.value.cached);
  assert.equal(repository.requests.length, asked);
});

test("a target that no role lists is refused, by name", async () => {
  const { client } = await clientOf(await TestRepository.start());
  const { outcome } = await client.lookup("nothing");
  assert.ok(!outcome.ok);
  assert.match(`${outcome.refusal.expected} ${outcome.refusal.found}`, /nothing/);
});

test("delegations are followed in order and fetched only where a path leads there", async () => {
  const repository = await TestRepository.start();
  repository.delegate("targets", "docs", { paths: ["*.md"] });
  repository.delegate("targets", "apps", { paths: ["apps/*"] });
  repository.delegate("apps", "team/one", { paths: ["apps/*"] });
  repository.addTarget("team/one", "apps/tool", "bytes");
  repository.release("team/one", "apps", "docs", "targets");
  const { client, directory } = await clientOf(repository);
  const found = await client.lookup("apps/tool");
  assert.equal(codeOf(found), "accepted");
  assert.deepEqual(repository.requests.slice(4), ["metadata/1.apps.json", "metadata/1.team%2Fone.json"]);
  assert.equal(await trustedIn(directory), "apps 1, root 1, snapshot 2, targets 2, team%2Fone 1, timestamp 2");
  const again = new TufClient(await optionsFor(repository, { directory }));
  repository.requests.length = 0;
  assert.equal(codeOf(await again.lookup("apps/tool")), "accepted");
  assert.deepEqual(repository.requests, noNews);
});

test("of many hash bins the one of the path is fetched, and one that changed is fetched again", async () => {
  const repository = await TestRepository.start();
  repository.delegateBins("bin", 6);
  const bin = binOf({ name_prefix: "bin", bit_length: 6 }, "tool");
  repository.addTarget(bin, "tool", "bytes");
  repository.release(bin);
  const { client } = await clientOf(repository);
  assert.equal(codeOf(await client.lookup("tool")), "accepted");
  assert.deepEqual(repository.requests.slice(4), [`metadata/2.${bin}.json`]);
  repository.release(bin);
  repository.requests.length = 0;
  await client.refresh();
  assert.equal(codeOf(await client.lookup("tool")), "accepted");
  assert.deepEqual(repository.requests.slice(2), ["metadata/3.snapshot.json", `metadata/3.${bin}.json`]);
});

test("a chain of roots is walked to its end, each kept; new keys sign what follows", async () => {
  const repository = await TestRepository.start();
  const { client, directory } = await clientOf(repository);
  for (let version = 2; version <= 5; version++) {
    repository.signers.set("root", [...(repository.signers.get("root") ?? []).slice(-1), signer()]);
    repository.publish("root");
  }
  repository.signers.set("timestamp", [signer()]);
  repository.publish("root", "timestamp");
  assert.equal(codeOf(await client.refresh()), "accepted");
  assert.equal(await trustedIn(directory), "root 6, snapshot 1, targets 1, timestamp 2");
  for (const version of [1, 2, 3, 4, 5, 6])
    assert.deepEqual(
      await readFile(join(directory, "roots", `${version}.root.json`)),
      repository.files.get(`metadata/${version}.root.json`),
    );
});

test("nothing is trusted before a root is given, and no root that did not sign itself", async () => {
  const repository = await TestRepository.start();
  const options = await optionsFor(repository);
  assert.equal(codeOf(await new TufClient(options).refresh()), "no-root");
  const forged = Buffer.from(Buffer.from(repository.anchor).toString().replace("2100-", "2200-"));
  const refused = await initialise(options.directory, forged);
  assert.equal(refused.ok ? "accepted" : refused.refusal.code, "threshold-not-met");
  assert.equal(codeOf(await new TufClient({ ...options, root: forged }).refresh()), "threshold-not-met");
  assert.deepEqual(repository.requests, []);
  assert.equal(codeOf(await new TufClient({ ...options, root: repository.anchor }).refresh()), "accepted");
});
