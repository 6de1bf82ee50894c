// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDevice } from "@countersign/updater/device";
import { demoPlan } from "../demo/demo-plan.ts";
import { mute } from "../demo/narrator.ts";
import { deviceInstalls } from "../demo/on-device.ts";
import { release } from "../demo/releases.ts";
import { must, type Scene } from "../demo/scene.ts";
import { distributeConfig } from "../duty-configs.ts";
import { foundWorld } from "../found.ts";
import { anchorFile, storeDirectory } from "../project.ts";
import { startProcess, startWorld } from "../start.ts";

// The updater is killed with SIGKILL before every single call that changes the file system, in an install, an update and a rollback. Each time
// the old or the new version must run, and the next run must bring the device to rest.

const stack = new AsyncDisposableStack();
/** What a device says that follows the repository as it was then. */
const urls = new Map<string, string>();
let root = "";

before(async () => {
  root = await mkdtemp(join(tmpdir(), "countersign-crash-"));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const plan = demoPlan("hello");
  const project = must(
    await foundWorld(join(root, "project"), { ...plan, soakSeconds: 1, pace: { ...plan.pace, timestampSeconds: 86_400 } }),
  );
  const world = await startWorld(project);
  const scene: Scene = { world, device: join(root, "device"), narrator: mute, signal: new AbortController().signal };
  const config = {
    product: "hello",
    channel: "stable",
    platform: `${process.platform}-${process.arch}`,
    id: "d",
    privileges: [],
    installer: "directory",
  } as const;
  await createDevice(scene.device, { ...config, url: world.urls.distribute }, await readFile(anchorFile(project)));
  for (const [words, code, approver] of [
    ["one", 0, "alice"],
    ["two", 0, "bob"],
    ["three", 1, "carol"],
  ] as const) {
    await cp(scene.device, join(root, `before-${words}`), { recursive: true, verbatimSymlinks: true });
    await release(scene, { version: words, directory: await program(words, code) }, ["bin/hello", "--health"], approver);
    await deviceInstalls(scene);
    const store = join(root, `store-${words}`);
    await cp(storeDirectory(project), store, { recursive: true });
    const distribute = await startProcess(project, "distribute", `distribute-${words}`, { ...distributeConfig(project, 0), store });
    stack.defer(() => distribute.stop());
    urls.set(words, distribute.url);
  }
  await world[Symbol.asyncDispose]();
});

after(() => stack.disposeAsync());

for (const { what, words, before: running, after: settled } of [
  { what: "a first install", words: "one", before: undefined, after: "one" },
  { what: "an update", words: "two", before: "one", after: "two" },
  { what: "an update that fails its health check and is rolled back", words: "three", before: "two", after: "two" },
]) {
  test(`SIGKILL at every file-system call of ${what} leaves the old or the new version, and the next run finishes`, {
    timeout: 600_000,
  }, async (t) => {
    const calls = await countCalls(words);
    assert.ok(calls > 20, `only ${calls} calls were counted`);
    const results = new Set<string>();
    await inTwoLanes(calls, async (at) => {
      const device = await copyOf(words, `${words}-${at}`);
      assert.equal(await run(device, { CRASH_AT: String(at) }), "SIGKILL", `call ${at} of ${calls} was not reached`);
      const said = await says(device);
      assert.ok(said === running || said === settled || said === words, `after a kill at call ${at} the device says ${said}`);
      assert.ok(said !== undefined || running === undefined, `after a kill at call ${at} nothing runs`);
      results.add(String(said));
      assert.equal(await run(device, {}), 0);
      assert.equal(await says(device), settled, `the run after a kill at call ${at} did not finish`);
      await rm(device, { recursive: true });
    });
    t.diagnostic(`${calls} calls, ${calls} kills; what ran after a kill: ${[...results].join(", ")}`);
  });
}

async function program(words: string, code: number): Promise<string> {
  const directory = join(root, `program-${words}`);
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(join(directory, "bin", "hello"), `#!/bin/sh\n[ "$1" = --health ] && exit ${code}\necho ${words}\n`, { mode: 0o755 });
  await writeFile(join(directory, "README"), `hello, ${words}\n`);
  return directory;
}

async function copyOf(words: string, name: string): Promise<string> {
  const device = join(root, `device-${name}`);
  await cp(join(root, `before-${words}`), device, { recursive: true, verbatimSymlinks: true });
  const file = join(device, "device.json");
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), url: urls.get(words) }));
  return device;
}

async function countCalls(words: string): Promise<number> {
  const device = await copyOf(words, `${words}-count`);
  const count = join(root, `count-${words}`);
  assert.equal(await run(device, { CRASH_COUNT: count }), 0);
  return Number(await readFile(count, "utf8"));
}

/** Runs the updater once; answers its exit code, or the signal that ended it. */
async function run(device: string, env: Readonly<Record<string, string>>): Promise<number | string> {
  const preload = import.meta.resolve("./kill-at-call.ts");
  const main = fileURLToPath(import.meta.resolve("../device-process.ts"));
  const child = spawn(process.execPath, ["--import", preload, main, device, "install"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "compiled"), ...env },
  });
  const [code, signal] = await once(child, "exit");
  return signal ?? code;
}

async function says(device: string): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(join(device, "current", "bin", "hello"))).stdout.trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Two at a time: there are two cores. */
async function inTwoLanes(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let at = 0;
  const lane = async (): Promise<void> => {
    while (at < count) await work(++at);
  };
  await Promise.all([lane(), lane()]);
}
