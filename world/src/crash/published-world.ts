// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDevice } from "@countersign/updater/device";
import { copyStore } from "../copy-store.ts";
import { demoPlan } from "../demo/demo-plan.ts";
import { mute } from "../demo/narrator.ts";
import { deviceInstalls } from "../demo/on-device.ts";
import { release } from "../demo/releases.ts";
import { must, type Scene } from "../demo/scene.ts";
import { distributeConfig } from "../duty-configs.ts";
import { foundWorld } from "../found.ts";
import { anchorFile } from "../project.ts";
import { startProcess, startWorld } from "../start.ts";

/** Three releases of a small program that says its own name: `one`, then `two`, then `three`, whose health check fails. */
export type Words = "one" | "two" | "three";

/** Devices as they are before each release, and the repository as it is after it, served by a process each. */
export class PublishedWorld implements AsyncDisposable {
  readonly root: string;
  readonly #stack = new AsyncDisposableStack();
  readonly #urls = new Map<Words, string>();

  private constructor(root: string) {
    this.root = root;
    this.#stack.defer(() => rm(root, { recursive: true, force: true }));
  }

  /** Publishes the three releases by all duties, then ends them: only what devices read goes on. */
  static async lay(): Promise<PublishedWorld> {
    const published = new PublishedWorld(await mkdtemp(join(tmpdir(), "countersign-published-")));
    const { root } = published;
    const plan = demoPlan("hello");
    const lasting = { revocationSeconds: 86_400, pace: { ...plan.pace, timestampSeconds: 86_400 } }; // nobody renews what was kept
    const project = must(await foundWorld(join(root, "project"), { ...plan, ...lasting, soakSeconds: 1 }));
    await using world = await startWorld(project);
    const scene: Scene = { world, device: join(root, "device"), narrator: mute, signal: new AbortController().signal };
    const place = { product: "hello", channel: "stable", platform: `${process.platform}-${process.arch}` };
    await createDevice(
      scene.device,
      { ...place, url: world.urls.distribute, id: "d", privileges: [], installer: "directory" },
      await readFile(anchorFile(project)),
    );
    for (const [words, code, approver] of [
      ["one", 0, "alice"],
      ["two", 0, "bob"],
      ["three", 1, "carol"],
    ] as const) {
      await cp(scene.device, join(root, `before-${words}`), { recursive: true, verbatimSymlinks: true });
      await release(scene, { version: words, directory: await program(root, words, code) }, ["bin/hello", "--health"], approver);
      await deviceInstalls(scene);
      const store = join(root, `store-${words}`);
      await copyStore(project, store);
      const distribute = await startProcess(project, "distribute", `distribute-${words}`, { ...distributeConfig(project, 0), store });
      published.#stack.defer(() => distribute.stop());
      published.#urls.set(words, distribute.url);
    }
    return published;
  }

  /** A copy, at `path`, of the device as it was before a release, which sees the repository as it was after it. */
  async deviceBefore(words: Words, path: string): Promise<string> {
    await cp(join(this.root, `before-${words}`), path, { recursive: true, verbatimSymlinks: true });
    const file = join(path, "device.json");
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), url: this.#urls.get(words) }));
    return path;
  }

  /** Runs a device's updater once, with a preload; answers its exit code, or the signal that ended it. */
  async run(device: string, env: Readonly<Record<string, string>> = {}): Promise<number | string> {
    const preload = import.meta.resolve("./kill-at-call.ts");
    const main = fileURLToPath(import.meta.resolve("../device-process.ts"));
    const child = spawn(process.execPath, ["--import", preload, main, device, "install"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.root, "compiled"), ...env },
    });
    const [code, signal] = await once(child, "exit");
    return signal ?? code;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

async function program(root: string, words: Words, code: number): Promise<string> {
  const directory = join(root, `program-${words}`);
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(join(directory, "bin", "hello"), `#!/bin/sh\n[ "$1" = --health ] && exit ${code}\necho ${words}\n`, { mode: 0o755 });
  await writeFile(join(directory, "README"), `hello, ${words}\n`);
  return directory;
}

/** What runs on a device, by its own words; undefined where nothing does. */
export async function says(device: string): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(join(device, "current", "bin", "hello"))).stdout.trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
