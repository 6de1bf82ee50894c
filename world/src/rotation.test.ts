// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readPublic } from "@countersign/custody/encrypted-file";
import { openKey } from "@countersign/custody/place";
import { directoryStore } from "@countersign/repository/directory-store";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { createDevice } from "@countersign/updater/device";
import { demoPlan } from "./demo/demo-plan.ts";
import { mute } from "./demo/narrator.ts";
import { deviceInstalls } from "./demo/on-device.ts";
import { release } from "./demo/releases.ts";
import { deviceRuns, must, type Scene } from "./demo/scene.ts";
import { signConfig } from "./duty-configs.ts";
import { foundWorld } from "./found.ts";
import { anchorFile, dutyDirectory, keyIn, personDirectory, placeIn, storeDirectory } from "./project.ts";
import { registerIdentity } from "./register.ts";
import { replaceSigner } from "./rotate.ts";
import { startProcess, startWorld } from "./start.ts";

const platform = `${process.platform}-${process.arch}`;

test("a channel signer is replaced in a running world: its file is renewed by those who stay, and devices go on updating", {
  timeout: 180_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), "countersign-rotation-"));
  try {
    const project = must(await foundWorld(join(root, "project"), { ...demoPlan("hello"), soakSeconds: 1, coolingOffSeconds: 1 }));
    const store = directoryStore(storeDirectory(project));
    const anchor = await readFile(anchorFile(project));
    const look = async (): Promise<RepositoryView> => must(await openRepository(readFrom(store), anchor, Date.now()));
    const signersOf = ({ channels }: RepositoryView): readonly string[] =>
      channels.get("stable")?.signatures.map(({ keyid }) => keyid) ?? [];
    await using world = await startWorld(project);
    const scene: Scene = { world, device: join(root, "device"), narrator: mute, signal: new AbortController().signal };
    const device = {
      id: "one",
      url: world.urls.distribute,
      product: "hello",
      platform,
      channel: "stable",
      privileges: [],
      installer: "directory",
    } as const;
    await createDevice(scene.device, device, anchor);
    await release(scene, { version: "1.0.0", directory: await programIn(root, "one") }, ["bin/hello"], "alice");
    assert.equal((await deviceInstalls(scene)).result, "installed");

    const before = await look();
    const holders = await Promise.all(
      project.plan.signers.holders.map(async (each) => ({
        ...each,
        keyid: must(await readPublic(keyIn(dutyDirectory(project, each.holder)).keyFile)).keyid,
      })),
    );
    const [leaving, staying] = holders.filter(({ keyid }) => signersOf(before).includes(keyid));
    assert.ok(leaving && staying, "without the one who leaves, the listed channel file does not stand");
    const key = must(await replaceSigner(project, store, anchor, leaving, "sign-new"));
    const arriving = await startProcess(
      project,
      "sign",
      "sign-new",
      await signConfig(project, "sign-new", world.urls.govern, world.urls.distribute),
    );
    try {
      while ((await look()).targets.signed.version === before.targets.signed.version) await sleep(100);
      const after = await look();
      assert.equal(after.targets.signed.version, before.targets.signed.version + 1);
      assert.equal(after.channels.get("stable")?.signed.version, (before.channels.get("stable")?.signed.version ?? 0) + 1);
      assert.deepEqual(after.channels.get("stable")?.signed.targets, before.channels.get("stable")?.signed.targets, "nothing new is in it");
      assert.ok(!signersOf(after).includes(leaving.keyid));
      assert.equal((await deviceRuns(scene, "check")).result, "current");
      const gains = await gainsSeen(world.urls.observe);
      assert.ok(gains.includes("a key signs that did not") && gains.includes("a key is somebody's that was nobody's"), gains.join(", "));

      const owner = await openKey(placeIn(personDirectory(project, leaving.owner)));
      await registerIdentity(project, world.urls.govern, { holder: "sign-new", owner: leaving.owner }, "sign", owner);
      await sleep(1500); // the policy that knows the new signer cools off
      for (const { holder, stop } of world.processes) if ([leaving.holder, staying.holder].includes(holder)) await stop();
      await release(scene, { version: "1.1.0", directory: await programIn(root, "two") }, ["bin/hello"], "bob");
      assert.ok(signersOf(await look()).includes(key.keyid), "the new signer's word counts");
      const report = await deviceInstalls(scene);
      assert.equal(report.result, "installed", JSON.stringify(report.refusal));
    } finally {
      await arriving.stop();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

/** What a watcher says that somebody can do now, once it says anything. */
async function gainsSeen(observe: string): Promise<readonly unknown[]> {
  for (let wait = 0; wait < 300; wait++, await sleep(100)) {
    const { findings } = (await (await fetch(`${observe}/findings`)).json()) as {
      readonly findings: readonly { readonly detector: string; readonly evidence: Readonly<Record<string, unknown>> }[];
    };
    const grown = findings.filter(({ detector }) => detector === "voice-added");
    if (grown.length > 0) return grown.map(({ evidence }) => evidence["gain"]);
  }
  return [];
}

async function programIn(root: string, says: string): Promise<string> {
  const directory = join(root, says);
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(join(directory, "bin", "hello"), `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
  return directory;
}
