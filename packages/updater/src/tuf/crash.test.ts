// SPDX-License-Identifier: Apache-2.0
import "./power-cut.test-support.ts";
import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { codeOf, newDirectory, optionsFor, trustedIn } from "./client.test-support.ts";
import { initialise, TufClient } from "./client.ts";
import { cutPowerAfter, powerOn } from "./power-cut.test-support.ts";
import { signer, TestRepository } from "./repository.test-support.ts";

/** Versions that were served by this repository, byte for byte: nothing half, nothing mixed. */
async function assertServed(directory: string, repository: TestRepository): Promise<void> {
  const served = new Set([...repository.files.values()].map((bytes) => Buffer.from(bytes).toString()));
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json"));
  for (const name of names) assert.ok(served.has(await readFile(join(directory, name), "utf8")), name);
}

test("the machine stops at any call that changes the file system: the next run finds old files or new ones, and ends as if nothing had been", async () => {
  const repository = await TestRepository.start();
  repository.addTarget("targets", "tool", "tool 1");
  repository.release("targets");
  repository.signers.set("root", [...(repository.signers.get("root") ?? []), signer()]);
  repository.publish("root");
  const run = async (directory: string, targets: string): Promise<string> => {
    const options = await optionsFor(repository, { directory, root: repository.anchor });
    return codeOf(await new TufClient(options).download("tool", targets));
  };
  powerOn();
  assert.equal(await run(await newDirectory(), await newDirectory()), "accepted");
  const calls = powerOn();
  assert.ok(calls > 30, String(calls));
  for (let after = 0; after < calls; after++) {
    const [directory, targets] = [await newDirectory(), await newDirectory()];
    powerOn();
    cutPowerAfter(after);
    await assert.rejects(run(directory, targets), /power is off/);
    powerOn();
    await assertServed(directory, repository);
    assert.ok((await readdir(targets)).every((name) => name === ".incoming" || name === "tool"));
    assert.equal(await run(directory, targets), "accepted", `after ${after} calls`);
    assert.equal(await trustedIn(directory), "root 2, snapshot 2, targets 2, timestamp 2");
    assert.equal(await readFile(join(targets, "tool"), "utf8"), "tool 1");
    assert.equal((await readdir(directory)).sort().join(), "checked,lock,root.json,roots,snapshot.json,targets.json,timestamp.json");
  }
});

test("any file that is flipped, emptied, overgrown or removed is fetched again; the root heals from its past", async () => {
  const repository = await TestRepository.start();
  repository.delegate("targets", "docs", { paths: ["*"] });
  repository.addTarget("docs", "tool", "tool 1");
  repository.release("docs", "targets");
  repository.signers.set("root", [...(repository.signers.get("root") ?? []), signer()]);
  repository.publish("root");
  const directory = await newDirectory();
  await initialise(directory, repository.anchor);
  const client = async () => new TufClient(await optionsFor(repository, { directory }));
  assert.equal(codeOf(await (await client()).lookup("tool")), "accepted");
  const whole = "docs 1, root 2, snapshot 2, targets 2, timestamp 2";
  assert.equal(await trustedIn(directory), whole);
  const files = [
    ...["root", "timestamp", "snapshot", "targets", "docs", "roots/2.root", "roots/1.root"].map((name) => `${name}.json`),
    "checked",
    "lock",
  ];
  for (const file of files) {
    const bytes = await readFile(join(directory, file));
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 4;
    for (const damaged of [flipped, Buffer.alloc(0), Buffer.alloc(200_000, "x"), Buffer.from("{}"), undefined]) {
      await (damaged === undefined ? rm(join(directory, file)) : writeFile(join(directory, file), damaged));
      const { verdicts, outcome } = await (await client()).lookup("tool");
      assert.ok(outcome.ok, file);
      const said = verdicts.some(({ check }) => check === `store/${file.slice(0, -5)}` || check === "root/online-keys-replaced");
      if (damaged !== undefined && /^(root|timestamp|snapshot)\.json/.test(file)) assert.ok(said, `${file} in the trail`);
      assert.equal(await trustedIn(directory), whole, file);
      await assertServed(directory, repository);
    }
  }
});
