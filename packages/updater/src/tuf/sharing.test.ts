// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOf, codeOf, newDirectory, optionsFor, trustedIn } from "./client.test-support.ts";
import { initialise, TufClient } from "./client.ts";
import { TestRepository } from "./repository.test-support.ts";

/** Another process, which refreshes again and again and downloads; it says each version that it got to trust. */
function startClient(repository: TestRepository, directory: string, targets: string, rounds: number) {
  const program = `
    const { TufClient } = await import(${JSON.stringify(new URL("./client.ts", import.meta.url).href)});
    const { network } = await import(${JSON.stringify(new URL("../network.ts", import.meta.url).href)});
    using way = network();
    const options = ${JSON.stringify({ directory, metadataUrls: [repository.metadataUrl], targetsUrls: [repository.targetsUrl] })};
    for (let round = 0; round < ${rounds}; round++) {
      const { outcome } = await new TufClient({ ...options, network: way }).download("tool", ${JSON.stringify(targets)});
      console.log(outcome.ok ? "accepted" : outcome.refusal.code);
    }`;
  return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
}

async function published(): Promise<TestRepository> {
  const repository = await TestRepository.start();
  repository.addTarget("targets", "tool", "tool ".repeat(10_000));
  repository.release("targets");
  return repository;
}

test("eight processes on one directory, while new versions are published: each gets an answer, and none takes another's back", async () => {
  const repository = await published();
  const [directory, targets] = [await newDirectory(), await newDirectory()];
  await initialise(directory, repository.anchor);
  const children = Array.from({ length: 8 }, () => startClient(repository, directory, targets, 3));
  const said = Promise.all(children.map((child) => text(child.stdout)));
  const ended = Promise.all(children.map((child) => once(child, "exit")));
  let done = false;
  void ended.then(() => {
    done = true;
  });
  let newest = 0;
  while (!done) {
    repository.release("targets");
    await sleep(20);
    const seen = Number(/timestamp (\d+)/.exec(await trustedIn(directory))?.[1] ?? 0);
    assert.ok(seen >= newest, "an older timestamp took the place of a newer one");
    newest = seen;
  }
  assert.deepEqual(
    await said,
    Array.from({ length: 8 }, () => "accepted\n".repeat(3)),
  );
  assert.equal(await readFile(join(targets, "tool"), "utf8"), "tool ".repeat(10_000));
  assert.equal(repository.requests.filter((path) => path.startsWith("targets/")).length, 1);
});

test("a process that is killed holds nobody up, and leaves nothing that the next one trips over", async () => {
  const repository = await published();
  const [directory, targets] = [await newDirectory(), await newDirectory()];
  await initialise(directory, repository.anchor);
  const killer = { at: "" };
  repository.interfere = (path) => path.includes(killer.at) && killer.at !== "" && child.kill("SIGKILL");
  let child = startClient(repository, directory, targets, 0);
  for (killer.at of ["timestamp", "snapshot", "targets.json", "targets/"]) {
    child = startClient(repository, directory, targets, 1);
    const [, signal] = await once(child, "exit");
    assert.equal(signal, "SIGKILL", killer.at);
  }
  killer.at = "";
  const client = new TufClient(await optionsFor(repository, { directory }));
  assert.equal(codeOf(await client.download("tool", targets)), "accepted");
  assert.equal(await trustedIn(directory), "root 1, snapshot 2, targets 2, timestamp 2");
});

test("what the system refuses to read is neither damage nor an attack: it is said, and nothing is given up", async () => {
  const repository = await published();
  const { client, directory } = await clientOf(repository);
  assert.equal(codeOf(await client.refresh()), "accepted");
  await rm(join(directory, "timestamp.json"));
  await mkdir(join(directory, "timestamp.json"));
  assert.equal(codeOf(await client.refresh()), "io-failed");
  assert.deepEqual((await readdir(directory)).includes("timestamp.json"), true);
});
