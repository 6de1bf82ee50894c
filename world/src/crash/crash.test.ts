// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ensure } from "../../../tools/outside.ts";
import { PublishedWorld, says, type Words } from "./published-world.ts";

// The updater is killed with SIGKILL before every single call that changes the file system, in an install, an update and a rollback, or its disk is
// full at any point. Each time the old or the new version must run, and the next run must bring the device to rest.

const [noMount = false] = ensure(["mount"]);

let published: PublishedWorld;
before(async () => {
  published = await PublishedWorld.lay();
});
after(() => published[Symbol.asyncDispose]());

const journeys: readonly { readonly what: string; readonly words: Words; readonly from: Words | undefined; readonly to: Words }[] = [
  { what: "a first install", words: "one", from: undefined, to: "one" },
  { what: "an update", words: "two", from: "one", to: "two" },
  { what: "an update that is unwell and rolled back", words: "three", from: "two", to: "two" },
];

for (const { what, words, from, to } of journeys) {
  test(`SIGKILL at every file-system call of ${what}: the old or the new version runs, and the next run finishes`, async (t) => {
    const calls = await countCalls(words);
    assert.ok(calls > 20, `only ${calls} calls were counted`);
    const seen = new Set<string>();
    await inTwoLanes(calls, async (at) => {
      const device = await published.deviceBefore(words, join(published.root, `device-${words}-${at}`));
      assert.equal(await published.run(device, { CRASH_AT: String(at) }), "SIGKILL", `call ${at} of ${calls} was not reached`);
      const said = await says(device);
      assert.ok(said === from || said === words, `after a kill at call ${at} the device says ${said}`);
      seen.add(String(said));
      assert.equal(await published.run(device), 0);
      assert.equal(await says(device), to, `the run after a kill at call ${at} did not finish`);
      await rm(device, { recursive: true });
    });
    t.diagnostic(`${calls} calls, ${calls} kills; what ran after a kill: ${[...seen].join(", ")}`);
  });
}

test("on a disk that is full at any point of an update the old version goes on running, and with room again the next run finishes", {
  skip: noMount,
}, async () => {
  const disk = join(published.root, "disk");
  await mkdir(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
  try {
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
  } finally {
    execFileSync("umount", [disk]);
  }
});

async function countCalls(words: Words): Promise<number> {
  const device = await published.deviceBefore(words, join(published.root, `device-${words}-count`));
  const count = join(published.root, `count-${words}`);
  assert.equal(await published.run(device, { CRASH_COUNT: count }), 0);
  return Number(await readFile(count, "utf8"));
}

/** Two at a time: there are two cores. */
async function inTwoLanes(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let at = 0;
  const lane = async (): Promise<void> => {
    while (at < count) await work(++at);
  };
  await Promise.all([lane(), lane()]);
}
