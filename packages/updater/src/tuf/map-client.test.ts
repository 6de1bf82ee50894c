// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Mapping } from "@countersign/trust/tuf/map-file";
import { codeOf, newDirectory, optionsFor } from "./client.test-support.ts";
import { initialise } from "./client.ts";
import { MapClient } from "./map-client.ts";
import { TestRepository } from "./repository.test-support.ts";

const path = "tool";

const both: Mapping = { paths: ["*"], repositories: ["one", "../two"], threshold: 2, terminating: true };
const oneFirst: readonly Mapping[] = both.repositories.map((name) => ({
  paths: ["*"],
  repositories: [name],
  threshold: 1,
  terminating: false,
}));

/** Two repositories that list these bytes for one target, and a client of both. */
async function two(bytes: readonly [string, string], mapping: readonly Mapping[] = [both]) {
  const repositories = { one: await TestRepository.start(), "../two": await TestRepository.start() };
  const { directory, network } = await optionsFor(repositories.one);
  for (const [index, [name, repository]] of Object.entries(repositories).entries()) {
    repository.addTarget("targets", path, bytes[index] ?? "");
    repository.release("targets");
    await initialise(join(directory, name === "one" ? name : "%2E.%2Ftwo"), repository.anchor);
  }
  const urls = Object.fromEntries(Object.entries(repositories).map(([name, { url }]) => [name, [url]]));
  const client = new MapClient({ repositories: urls, mapping }, { directory, network });
  return { ...repositories, other: repositories["../two"], client, directory, targets: await newDirectory() };
}

test("a target on which enough repositories agree is downloaded, from any of them that serves it", async () => {
  const { one, client, directory, targets } = await two(["same", "same"]);
  for (const file of one.files.keys()) if (file.startsWith("targets/")) one.files.delete(file);
  const { outcome } = await client.download(path, targets);
  assert.ok(outcome.ok);
  assert.equal(await readFile(outcome.value.file, "utf8"), "same");
  assert.deepEqual((await readdir(directory)).sort(), ["%2E.%2Ftwo", "one"]);
});

test("attack: one repository, with all of its keys, lists something else", async () => {
  const { client, targets } = await two(["same", "evil"]);
  assert.equal(codeOf(await client.download(path, targets)), "repositories-disagree");
  assert.deepEqual(await readdir(targets), []);
});

test("attack: whoever keeps a client from one repository does not thereby choose which one answers", async () => {
  const { one, client, targets } = await two(["good", "evil"], oneFirst);
  one.interfere = (_, response) => {
    response.destroy();
    return true;
  };
  assert.equal(codeOf(await client.download(path, targets)), "connection-lost");
  assert.deepEqual(await readdir(targets), []);
});

test("a repository that has no such target has answered, and the next one may", async () => {
  const { one, client, targets } = await two(["good", "good"], oneFirst);
  one.document("targets")["targets"] = {};
  one.release("targets");
  assert.equal(codeOf(await client.download(path, targets)), "accepted");
});

test("a refresh asks every repository, also after one that refuses", async () => {
  const { one, other, client } = await two(["same", "same"]);
  one.files.delete("metadata/timestamp.json");
  assert.equal(codeOf(await client.refresh()), "missing-file");
  assert.ok(other.requests.includes("metadata/timestamp.json"));
});
