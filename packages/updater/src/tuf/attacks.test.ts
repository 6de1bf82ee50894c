// SPDX-License-Identifier: Apache-2.0
// The attacks that TUF names (1.5.2), by a mirror, or by whoever holds some of the keys, on a client that has seen the repository before.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { defaultLimits } from "@countersign/trust/limits";
import { clientOf, codeOf, newDirectory, optionsFor, trustedIn } from "./client.test-support.ts";
import { TufClient } from "./client.ts";
import { signer, TestRepository } from "./repository.test-support.ts";

/** A client that has seen a repository with everything at version 2 and one target. */
async function acquainted() {
  const repository = await TestRepository.start();
  repository.addTarget("targets", "tool", "tool 1");
  repository.release("targets");
  const { client, directory } = await clientOf(repository);
  assert.equal(codeOf(await client.lookup("tool")), "accepted");
  return { repository, client, directory, before: new Map(repository.files) };
}

const known = "root 1, snapshot 2, targets 2, timestamp 2";

test("attack: rollback, an old timestamp is replayed", async () => {
  const { repository, client, directory, before } = await acquainted();
  repository.release("targets");
  assert.equal(codeOf(await client.refresh()), "accepted");
  for (const [path, bytes] of before) repository.files.set(path, bytes);
  assert.equal(codeOf(await client.refresh()), "version-rolled-back");
  assert.equal(await trustedIn(directory), "root 1, snapshot 3, targets 3, timestamp 3");
});

test("attack: rollback, whoever holds timestamp and snapshot keys lists older targets, or none", async () => {
  for (const meta of [{ "targets.json": { version: 1 } }, {}]) {
    const { repository, client, directory } = await acquainted();
    repository.document("snapshot")["meta"] = meta;
    repository.document("snapshot").version = 3;
    repository.serve("snapshot");
    repository.publish("timestamp");
    assert.equal(codeOf(await client.refresh()), "version-rolled-back");
    assert.equal(await trustedIn(directory), known.replace("timestamp 2", "timestamp 3"));
  }
});

test("attack: freeze, a mirror serves what has expired", async () => {
  const { repository, directory } = await acquainted();
  const clock = () => Date.parse("2100-01-01T00:00:00Z");
  const client = new TufClient(await optionsFor(repository, { directory, clock }));
  assert.equal(codeOf(await client.refresh()), "expired");
  assert.equal(codeOf(await client.download("tool", await newDirectory())), "expired");
});

test("attack: mix and match, targets of another time under the listed name", async () => {
  const { repository, client, directory, before } = await acquainted();
  repository.release("targets");
  repository.files.set("metadata/3.targets.json", before.get("metadata/2.targets.json") ?? Buffer.alloc(0));
  assert.equal(codeOf(await client.refresh()), "not-the-listed-file");
  assert.equal(await trustedIn(directory), "root 1, snapshot 3, targets 2, timestamp 3");
});

test("attack: arbitrary software, every role in turn signed by a key of the attacker's own", async () => {
  for (const role of ["timestamp", "snapshot", "targets"]) {
    const { repository, client } = await acquainted();
    repository.signers.set(role, [signer()]);
    repository.release("targets");
    assert.equal(codeOf(await client.refresh()), "threshold-not-met", role);
  }
});

test("attack: a root of the attacker's own, and one that skips a version", async () => {
  const { repository, client, directory } = await acquainted();
  repository.signers.set("root", [signer()]);
  repository.publish("root");
  assert.equal(codeOf(await client.refresh()), "threshold-not-met");
  const honest = await acquainted();
  honest.repository.document("root").version = 2;
  honest.repository.publish("root");
  honest.repository.files.set("metadata/2.root.json", honest.repository.files.get("metadata/3.root.json") ?? Buffer.alloc(0));
  assert.equal(codeOf(await honest.client.refresh()), "root-version-skipped");
  assert.deepEqual([await trustedIn(directory), await trustedIn(honest.directory)], [known, known]);
});

test("attack: arbitrary software, a mirror serves other bytes for a target", async () => {
  const { repository, client } = await acquainted();
  const directory = await newDirectory();
  for (const [path] of repository.files) if (path.startsWith("targets/")) repository.files.set(path, Buffer.from("evil 1"));
  assert.equal(codeOf(await client.download("tool", directory)), "digest-mismatch");
  assert.deepEqual(await readdir(directory), [".incoming"]);
});

test("attack: fast-forward; when the keys are replaced, clients come back", async () => {
  const { repository, client, directory } = await acquainted();
  const highest = 2 ** 31;
  for (const role of ["targets", "snapshot", "timestamp"]) repository.document(role).version = highest;
  repository.release("targets");
  assert.equal(codeOf(await client.refresh()), "accepted");
  for (const role of ["snapshot", "timestamp"]) repository.signers.set(role, [signer()]);
  for (const role of ["targets", "snapshot", "timestamp"]) repository.document(role).version = 2;
  repository.publish("root", "targets", "snapshot", "timestamp");
  assert.equal(codeOf(await client.refresh()), "accepted");
  assert.equal(await trustedIn(directory), "root 2, snapshot 3, targets 3, timestamp 3");
});

test("attack: endless data, for metadata and for a target", async () => {
  const { repository, directory } = await acquainted();
  const limits = { ...defaultLimits, timestampBytes: 10_000 };
  const client = new TufClient(await optionsFor(repository, { directory, limits }));
  await client.refresh();
  let endless = "targets/";
  repository.interfere = (path, response) => {
    if (!path.startsWith(endless)) return false;
    const drip = (): void => void (response.destroyed || response.write("0".repeat(4096), drip));
    drip();
    return true;
  };
  assert.equal(codeOf(await client.download("tool", await newDirectory())), "length-exceeded");
  endless = "metadata/timestamp";
  assert.equal(codeOf(await client.refresh()), "length-exceeded");
});

test("attack: slow retrieval, a mirror that answers and then says nothing more", async () => {
  const { repository, directory } = await acquainted();
  const limits = { ...defaultLimits, documentSeconds: 0.2 };
  const client = new TufClient(await optionsFor(repository, { directory, limits }));
  repository.interfere = (_, response) => response.writeHead(200).write("{");
  assert.equal(codeOf(await client.refresh()), "too-slow");
});

test("attack: a delegated role lists what was not delegated to it, or under a name that is not its own", async () => {
  const { repository, client } = await acquainted();
  repository.delegate("targets", "docs", { paths: ["docs/*"] });
  repository.addTarget("docs", "tool 2", "evil");
  repository.addTarget("docs", "docs/../tool", "evil");
  repository.release("docs", "targets");
  await client.refresh();
  assert.equal(codeOf(await client.lookup("tool 2")), "no-such-target");
  assert.notEqual(codeOf(await client.lookup("docs/../tool")), "accepted");
});

test("attack: delegations in a circle, and without an end", async () => {
  const { repository, client } = await acquainted();
  repository.delegate("targets", "a", { paths: ["x"] });
  repository.delegate("a", "b", { paths: ["x"] });
  repository.delegate("b", "a", { paths: ["x"] });
  repository.release("a", "b", "targets");
  assert.equal(codeOf(await client.lookup("tool")), "accepted");
  await client.refresh();
  assert.equal(codeOf(await client.lookup("x")), "no-such-target");
  for (let depth = 0; depth < 100; depth++) repository.delegate(depth === 0 ? "b" : `deep${depth - 1}`, `deep${depth}`, { paths: ["x"] });
  repository.release(...repository.delegated, "targets");
  await client.refresh();
  repository.requests.length = 0;
  assert.equal(codeOf(await client.lookup("x")), "delegations-exceeded");
  assert.ok(repository.requests.length < 40);
});

test("attack: the same role through two parents is judged by each", async () => {
  const { repository, client } = await acquainted();
  repository.delegate("targets", "one", { paths: ["one/*"] });
  repository.delegate("targets", "two", { paths: ["two/*"] });
  repository.delegate("one", "both", { paths: ["one/*"] });
  repository.delegate("two", "both", { paths: ["two/*"] });
  const delegations = repository.document("two")["delegations"] as { keys: object; roles: { keyids: string[] }[] };
  const other = signer();
  delegations.keys = { [other.keyid]: other.key };
  for (const role of delegations.roles) role.keyids = [other.keyid];
  repository.addTarget("both", "one/tool", "good");
  repository.addTarget("both", "two/tool", "evil");
  repository.release("both", "one", "two", "targets");
  await client.refresh();
  assert.equal(codeOf(await client.lookup("one/tool")), "accepted");
  assert.equal(codeOf(await client.lookup("two/tool")), "threshold-not-met");
});

test("attack: a directory that somebody else filled, with a root of their own and all that hangs from it", async () => {
  const evil = await acquainted();
  const repository = await TestRepository.start();
  const options = { directory: evil.directory, root: repository.anchor };
  const client = new TufClient(await optionsFor(repository, options));
  assert.equal(codeOf(await client.lookup("tool")), "no-such-target");
  assert.equal(await trustedIn(evil.directory), "root 1, snapshot 1, targets 1, timestamp 1");
  assert.deepEqual(await readFile(join(evil.directory, "root.json")), repository.anchor);
  assert.equal(codeOf(await new TufClient(await optionsFor(evil.repository, options)).refresh()), "threshold-not-met");
});

test("a mirror that lies, freezes or is down is passed over for one that is well", async () => {
  const { repository, directory, before } = await acquainted();
  const stale = await TestRepository.start();
  repository.release("targets");
  for (const [path, bytes] of before) stale.files.set(path, bytes);
  const lying = await TestRepository.start();
  const metadataUrls = ["http://127.0.0.1:9/", lying.metadataUrl, repository.metadataUrl];
  const client = new TufClient(await optionsFor(repository, { directory, metadataUrls }));
  assert.equal(codeOf(await client.refresh()), "accepted");
  assert.equal(await trustedIn(directory), "root 1, snapshot 3, targets 3, timestamp 3");
  const behind = new TufClient(await optionsFor(repository, { directory, metadataUrls: [stale.metadataUrl, repository.metadataUrl] }));
  assert.equal(codeOf(await behind.refresh()), "accepted");
  assert.equal(codeOf(await new TufClient(await optionsFor(stale, { directory })).refresh()), "version-rolled-back");
});

test("what is written down is only ever what was served and accepted", async () => {
  const { repository, client, directory, before } = await acquainted();
  repository.interfere = (_, response) => {
    response.writeHead(200).end("{}");
    return true;
  };
  assert.equal(codeOf(await client.refresh()), "malformed-document");
  for (const role of ["1.root", "timestamp", "2.snapshot", "2.targets"])
    assert.deepEqual(await readFile(join(directory, `${role.replace(/^\d\./, "")}.json`)), before.get(`metadata/${role}.json`));
});
