// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ensure } from "../../../tools/outside.ts";
import { PublishedWorld, says } from "./published-world.ts";

const [skip = false] = ensure(["mount"]);

let published: PublishedWorld;
let disk = "";

before(async () => {
  if (skip !== false) return;
  published = await PublishedWorld.lay();
  disk = join(published.root, "disk");
  await mkdir(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
});

after(async () => {
  if (skip !== false) return;
  execFileSync("umount", [disk]);
  await published[Symbol.asyncDispose]();
});

test("on a disk that is full at any point of an update the old version goes on running, and with room again the next run finishes", {
  skip,
}, async () => {
  const ballast = join(disk, "ballast");
  const ends = new Set<string>();
  for (let freeKilobytes = 0; freeKilobytes <= 160; freeKilobytes += 16) {
    const device = await published.deviceBefore("two", join(disk, "device"));
    const { bavail, bsize } = await statfs(disk);
    await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeKilobytes * 1024)));
    assert.equal(await published.run(device), 0, `with ${freeKilobytes} KiB free the updater did not end in order`);
    const said = await says(device);
    assert.ok(said === "one" || said === "two", `with ${freeKilobytes} KiB free the device says ${said}`);
    ends.add(said);
    await rm(ballast);
    assert.equal(await published.run(device), 0);
    assert.equal(await says(device), "two", `the run after one with ${freeKilobytes} KiB free did not finish`);
    await rm(device, { recursive: true });
  }
  assert.deepEqual([...ends].sort(), ["one", "two"], "the disk was never full, or always");
});
