// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createDevice } from "@countersign/updater/device";
import type { Documents } from "@countersign/updater/stored-documents";
import { openTrustStore, saveTrustStore } from "@countersign/updater/trust-store";
import { ensure } from "../../../tools/outside.ts";
import { storeStates } from "./store-states.test-support.ts";

// A trust store is saved, and the process is killed before every single call that changes the file system, or the disk is full at any point. Each time
// every document must be the old one or the new one, with nothing to heal, and the next save must bring the rest.

const base = await mkdtemp(join(tmpdir(), "countersign-store-"));
after(() => rm(base, { recursive: true }));
const states = await storeStates();
const [noMount = false] = ensure(["mount"]);

async function deviceBefore(name: string): Promise<string> {
  const directory = join(base, name);
  const place = { url: "http://127.0.0.1:9", product: "hello", platform: "linux-x64", channel: "stable", id: "d" } as const;
  await createDevice(directory, { ...place, privileges: [], installer: "directory" }, states.root);
  await saveTrustStore(directory, states.before.documents, states.before.memory);
  return directory;
}

/** Which documents are those of the state after; all others must be those before. */
async function saved(directory: string, when: string): Promise<readonly string[]> {
  const store = await openTrustStore(directory);
  assert.ok(store.ok);
  assert.deepEqual(store.value.healed, [], when);
  const { documents, memory } = store.value;
  const arrived = Object.keys(states.after.documents).filter((role) => {
    const [now, then, next] = [documents, states.before.documents, states.after.documents].map(
      (each) => each[role as keyof Documents]?.bytes,
    );
    assert.ok(now !== undefined && then !== undefined && next !== undefined, `${when}: no ${role}`);
    const isNew = Buffer.compare(now, next) === 0;
    assert.ok(isNew || Buffer.compare(now, then) === 0, `${when}: ${role} is neither the old one nor the new one`);
    return isNew;
  });
  assert.ok(
    memory.epochFloor === 1 || arrived.length === Object.keys(states.after.documents).length,
    `${when}: memory came before documents`,
  );
  return memory.epochFloor === 2 ? [...arrived, "memory"] : arrived;
}

const all = [...Object.keys(states.after.documents), "memory"];

async function runs(directory: string, env: Readonly<Record<string, string>>): Promise<number | string> {
  const preload = import.meta.resolve("./kill-at-call.ts");
  const child = spawn(
    process.execPath,
    ["--import", preload, fileURLToPath(import.meta.resolve("./store-process.test-support.ts")), directory],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(base, "compiled"), ...env },
    },
  );
  const [code, signal] = await once(child, "exit");
  return signal ?? code;
}

test("SIGKILL at every file-system call of a save: every document is the old one or the new one, and the next save brings the rest", async (t) => {
  const count = join(base, "count");
  assert.equal(await runs(await deviceBefore("counted"), { CRASH_COUNT: count }), 0);
  const calls = Number(await readFile(count, "utf8"));
  assert.ok(calls > 20, `only ${calls} calls were counted`);
  let at = 0;
  const lane = async (): Promise<void> => {
    while (at < calls) {
      const mine = ++at;
      const directory = await deviceBefore(`killed-${mine}`);
      assert.equal(await runs(directory, { CRASH_AT: String(mine) }), "SIGKILL");
      await saved(directory, `killed at call ${mine} of ${calls}`);
      await saveTrustStore(directory, states.after.documents, states.after.memory);
      assert.deepEqual(await saved(directory, "saved again"), all);
    }
  };
  await Promise.all([lane(), lane()]);
  t.diagnostic(`${calls} calls, ${calls} kills`);
});

test("on a disk that is full at any point of a save every document is the old one or the new one, and with room again all are new", {
  skip: noMount,
}, async () => {
  const disk = join(base, "disk");
  await mkdir(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  try {
    const ends = new Set<number>();
    for (let freeKilobytes = 0; freeKilobytes <= 48; freeKilobytes += 4) {
      const directory = await deviceBefore("disk/device");
      const { bavail, bsize } = await statfs(disk);
      await writeFile(join(disk, "ballast"), Buffer.alloc(Math.max(0, bavail * bsize - freeKilobytes * 1024)));
      await saveTrustStore(directory, states.after.documents, states.after.memory).catch((error) => assert.equal(error.code, "ENOSPC"));
      ends.add((await saved(directory, `with ${freeKilobytes} KiB free`)).length);
      await rm(join(disk, "ballast"));
      await saveTrustStore(directory, states.after.documents, states.after.memory);
      assert.deepEqual(await saved(directory, "with room again"), all);
      await rm(directory, { recursive: true });
    }
    assert.ok(ends.size > 2, `the disk was never full half-way: ${[...ends]}`);
  } finally {
    execFileSync("umount", [disk]);
  }
});
