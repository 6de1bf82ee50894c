// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { MetadataStore } from "./metadata-store.ts";

const base = await mkdtemp(join(tmpdir(), "metadata-store-"));
after(() => rm(base, { recursive: true }));
const newStore = async () => {
  const directory = await mkdtemp(join(base, "store-"));
  return { directory, store: await MetadataStore.open(directory) };
};
const bytes = Buffer.from("exactly these\n bytes");

test("a file is exactly the bytes that were kept, until it is forgotten", async () => {
  const { directory, store } = await newStore();
  assert.equal(await store.read("targets", 100), undefined);
  await store.keep("targets", bytes);
  assert.deepEqual(await readFile(join(directory, "targets.json")), bytes);
  assert.deepEqual(await store.read("targets", 100), bytes);
  await store.forget("targets");
  await store.forget("targets");
  assert.equal(await store.read("targets", 100), undefined);
});

test("a root is kept twice: as what is trusted, and by its version", async () => {
  const { directory, store } = await newStore();
  for (const version of [9, 10, 11]) await store.keepRoot(version, Buffer.from(`root ${version}`));
  await writeFile(join(directory, "roots", "backup of 9.root.json"), "");
  assert.equal(String(await store.read("root", 100)), "root 11");
  assert.equal(String(await store.readRoot(10, 100)), "root 10");
  assert.equal(await store.readRoot(12, 100), undefined);
  assert.deepEqual(await store.rootVersions(), [11, 10, 9]);
});

test("attack: a delegated role whose name leaves the directory, or is a top-level role's on some file systems", async () => {
  const { directory, store } = await newStore();
  for (const role of ["../escaped", "/escaped", "..", "lock", "Root", "TARGETS"]) await store.keep(role, bytes);
  assert.deepEqual(
    (await readdir(directory)).sort(),
    ["%2E..json", "%2E.%2Fescaped.json", "%2Fescaped.json", "%52oot.json", "%54ARGETS.json", "lock.json", "roots"].sort(),
  );
  assert.deepEqual(
    (await readdir(base)).filter((name) => name.startsWith("escaped")),
    [],
  );
});

test("the time of the last check is kept; one that cannot be read is none", async () => {
  const { directory, store } = await newStore();
  assert.equal(await store.lastChecked(), undefined);
  await store.noteChecked(1_234_567_890_123);
  assert.equal(await store.lastChecked(), 1_234_567_890_123);
  await writeFile(join(directory, "checked"), "\0\0\0");
  assert.equal(await store.lastChecked(), undefined);
});

test("what interrupted writes left is gone after opening", async () => {
  const { directory } = await newStore();
  await writeFile(join(directory, ".unfinished-1"), "half");
  await writeFile(join(directory, "roots", ".unfinished-2"), "half");
  await MetadataStore.open(directory);
  assert.deepEqual(await readdir(directory), ["roots"]);
  assert.deepEqual(await readdir(join(directory, "roots")), []);
});
