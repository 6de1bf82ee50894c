// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { installerNamed, installers } from "./installers.ts";
import { current, inactive, place, prepare, previous, recordIn, type Slot, type SlotRecord, slotOf, switchTo } from "./slots.ts";

const base = await mkdtemp(join(tmpdir(), "slots-"));
after(() => rm(base, { recursive: true }));

let count = 0;

async function device(): Promise<string> {
  const directory = join(base, String(count++));
  await mkdir(directory);
  return directory;
}

function record(version: string): SlotRecord {
  return { release: "00", sequence: Number(version), epoch: 1, version, manifest: { files: [] } };
}

async function put(directory: string, version: string): Promise<Slot> {
  const staging = await prepare(directory);
  await writeFile(join(staging, "version"), version);
  return await place(directory, staging, record(version));
}

test("installs alternate between the slots, and each leaves the version before it in place", async () => {
  const directory = await device();
  assert.equal(await current(directory), undefined);
  assert.equal(await previous(directory), undefined);
  for (const [version, slot, before] of [
    ["1", "a", undefined],
    ["2", "b", "a"],
    ["3", "a", "b"],
  ] as const) {
    assert.equal(await put(directory, version), slot);
    assert.equal(await current(directory), before, "placed is not switched");
    await switchTo(directory, slot);
    assert.equal(await current(directory), slot);
    assert.equal(await previous(directory), before);
    assert.equal(await readFile(join(directory, "current", "version"), "utf8"), version);
    assert.deepEqual(await recordIn(directory, slot), { ok: true, value: record(version) });
  }
  assert.deepEqual((await readdir(join(directory, "slots"))).sort(), ["a", "a.json", "b", "b.json"]);
});

test("preparing clears the inactive slot and old staging, and does not touch what runs", async () => {
  const directory = await device();
  await switchTo(directory, await put(directory, "1"));
  await put(directory, "2");
  const abandoned = await prepare(directory);
  await writeFile(join(abandoned, "half"), "");
  const staging = await prepare(directory);
  assert.equal((await stat(staging)).mode & 0o7777, 0o700);
  assert.deepEqual(await readdir(staging), []);
  assert.equal((await readdir(join(directory, "slots"))).length, 3, "a, a.json and the new staging directory");
  assert.equal(await inactive(directory), "b");
  assert.equal(await previous(directory), undefined);
  assert.equal(await readFile(join(directory, "current", "version"), "utf8"), "1");
});

test("a placed tree can be read by the users of the device", async () => {
  const directory = await device();
  const slot = await put(directory, "1");
  assert.equal((await stat(slotOf(directory, slot))).mode & 0o7777, 0o755);
});

test("switching is atomic: a reader in another process always finds one version or the other", async () => {
  const directory = await device();
  await switchTo(directory, await put(directory, "1"));
  await put(directory, "2");
  const reader = spawn(
    process.execPath,
    [
      "-e",
      `for (let n = 0; ; n++) { require("fs").readFileSync(${JSON.stringify(join(directory, "current/version"))}); if (n === 1000) console.log("reading"); }`,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  await once(reader.stdout, "data");
  for (let i = 0; i < 200; i++) await switchTo(directory, i % 2 === 0 ? "b" : "a");
  assert.equal(reader.exitCode, null, "the reader has not missed the file once");
  reader.kill();
});

test("a first install can be taken back: nothing runs", async () => {
  const directory = await device();
  await switchTo(directory, await put(directory, "1"));
  await switchTo(directory, undefined);
  assert.equal(await current(directory), undefined);
  assert.equal(await readFile(join(slotOf(directory, "a"), "version"), "utf8"), "1");
});

test("a link that leads elsewhere, or a file in its place, is no slot", async () => {
  const directory = await device();
  await symlink("../elsewhere", join(directory, "current"));
  assert.equal(await current(directory), undefined);
  await rm(join(directory, "current"));
  await writeFile(join(directory, "current"), "");
  assert.equal(await current(directory), undefined);
});

test("a damaged record is refused and offers no rollback", async () => {
  const directory = await device();
  await put(directory, "1");
  await switchTo(directory, "b");
  for (const damage of ["", "{", "null", "{}", JSON.stringify({ ...record("1"), manifest: { files: [{}] } })]) {
    await writeFile(join(directory, "slots", "a.json"), damage);
    const outcome = await recordIn(directory, "a");
    assert.equal(outcome.ok ? "accepted" : outcome.refusal.code, "slot-record-damaged");
    assert.equal(await previous(directory), undefined);
  }
});

test("the list of installers is looked up by name", () => {
  assert.deepEqual(
    installers.map((installer) => installer.name),
    ["directory"],
  );
  assert.equal(installerNamed("directory").ok, true);
  assert.equal(installerNamed("shell script").ok, false);
});
