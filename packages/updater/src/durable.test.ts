// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { linkDurably, makeDirectory, makeTemporaryDirectory, removeTree, sweepTemporary, writeDurably } from "./durable.ts";

const base = await mkdtemp(join(tmpdir(), "durable-"));
after(() => rm(base, { recursive: true }));

test("a file is replaced with exactly the mode asked for, and nothing is left beside it", async () => {
  const directory = join(base, "replace");
  await makeDirectory(directory);
  const path = join(directory, "state");
  await writeDurably(path, "one");
  assert.equal((await stat(path)).mode & 0o7777, 0o600);
  const umask = process.umask(0o077);
  try {
    await writeDurably(path, new Uint8Array([1, 2]), 0o644);
  } finally {
    process.umask(umask);
  }
  assert.deepEqual([...(await readFile(path))], [1, 2]);
  assert.equal((await stat(path)).mode & 0o7777, 0o644);
  assert.deepEqual(await readdir(directory), ["state"]);
});

test("a link planted at the path is replaced, never followed", async () => {
  const victim = join(base, "victim");
  await writeFile(victim, "untouched");
  const path = join(base, "planted");
  await symlink(victim, path);
  await writeDurably(path, "mine");
  assert.equal(await readFile(victim, "utf8"), "untouched");
  assert.ok((await lstat(path)).isFile());
});

test("a write that fails leaves the old state and no temporary file", async () => {
  const directory = join(base, "failing");
  await mkdir(join(directory, "state"), { recursive: true });
  await writeFile(join(directory, "state", "inside"), "");
  await assert.rejects(writeDurably(join(directory, "state"), "x"));
  assert.deepEqual(await readdir(directory), ["state"]);
});

test("SIGKILL at any moment leaves the old bytes or the new ones, and a sweep removes the rest", async () => {
  const directory = join(base, "killed");
  await makeDirectory(directory);
  const path = join(directory, "state");
  const writer = `
    const { writeDurably } = await import(${JSON.stringify(new URL("./durable.ts", import.meta.url).href)});
    for (let i = 0; ; i = (i + 1) % 10) {
      await writeDurably(${JSON.stringify(path)}, String(i).repeat(100_000));
      if (i === 9) process.stdout.write(".");
    }`;
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", writer], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    await sleep(round * 3);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.match(await readFile(path, "utf8"), /^(\d)\1{99999}$/);
  }
  await sweepTemporary(directory);
  assert.deepEqual(await readdir(directory), ["state"]);
});

test("a sweep takes unfinished files and directories, and nothing else", async () => {
  const directory = join(base, "sweep");
  await makeDirectory(join(directory, "kept"));
  await writeFile(join(directory, ".hidden"), "");
  const temporary = await makeTemporaryDirectory(directory);
  assert.equal((await stat(temporary)).mode & 0o7777, 0o700);
  await writeFile(join(temporary, "file"), "");
  await sweepTemporary(directory);
  assert.deepEqual((await readdir(directory)).sort(), [".hidden", "kept"]);
});

test("parents are made with the same mode, and those that exist keep theirs", async () => {
  const parent = join(base, "parent");
  await mkdir(parent, { mode: 0o750 });
  await makeDirectory(join(parent, "x", "y"), 0o711);
  const modes = await Promise.all(["", "x", "x/y"].map(async (path) => (await stat(join(parent, path))).mode & 0o7777));
  assert.deepEqual(modes, [0o750, 0o711, 0o711]);
});

test("removing a link leaves what it points to; removing nothing is no error", async () => {
  const directory = join(base, "target");
  await makeDirectory(directory);
  const link = join(base, "link");
  await linkDurably("elsewhere", link);
  await linkDurably("target", link);
  assert.equal(await readlink(link), "target");
  await removeTree(link);
  await removeTree(link);
  assert.ok((await stat(directory)).isDirectory());
});
