// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readPublic } from "@countersign/custody/encrypted-file";
import { openKey, recordPath } from "@countersign/custody/place";
import { RecordFile } from "@countersign/custody/record/record-file";
import { auditLedger } from "@countersign/release/ledger-audit";
import { entriesOfAllLogs, openLedgerIn } from "@countersign/release/ledger-view";
import { directoryStore } from "@countersign/repository/directory-store";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { createDevice } from "@countersign/updater/device";
import { demoPlan } from "./demo/demo-plan.ts";
import { mute } from "./demo/narrator.ts";
import { deviceInstalls } from "./demo/on-device.ts";
import { release } from "./demo/releases.ts";
import { deviceRuns, must, type Scene } from "./demo/scene.ts";
import { ledgerConfig, signConfig, witnessConfig } from "./duty-configs.ts";
import { foundWorld, logOrigin } from "./found.ts";
import { followNextLog, makeNextLog, stepAside } from "./next-log.ts";
import { anchorFile, dutyDirectory, keyIn, personDirectory, placeIn, storeDirectory } from "./project.ts";
import { registerIdentity } from "./register.ts";
import { replaceSigner } from "./rotate.ts";
import { startProcess, startWorld } from "./start.ts";

const platform = `${process.platform}-${process.arch}`;

test("in a running world a channel signer is replaced, and then the log: devices and monitors go on, each by what was proven before", {
  timeout: 300_000,
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
    const record = must(RecordFile.open(recordPath(keyIn(dutyDirectory(project, leaving.holder)).keyFile)));
    assert.equal(record.read().successor, key.keyid);
    record.close();
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

      await using log = await anotherLog(scene, anchor);
      while ((await openRepository(readFrom(store), anchor, Date.now())).ok !== true) await sleep(100);
      assert.equal((await look()).checkpoint.checkpoint.origin, log.origin);
      assert.equal((await deviceRuns(scene, "check")).result, "current", "what runs was proven in the log before");
      await release(scene, { version: "1.2.0", directory: await programIn(root, "three") }, ["bin/hello"], "bob");
      const moved = await deviceInstalls(scene);
      assert.equal(moved.result, "installed", JSON.stringify(moved.refusal));
      const opened = must(await openLedgerIn(store, anchor, Date.now()));
      const all = must(await entriesOfAllLogs(store, opened));
      const places = all.map(({ index }) => index);
      const { final } = opened.trust.former?.[0] ?? {};
      assert.ok(final);
      assert.deepEqual([places.indexOf(final.size - 1), places.lastIndexOf(0)], [final.size - 1, final.size], "the one after the other");
      assert.deepEqual(must(await auditLedger(store, anchor, Date.now())).faults, []);
      const altered = `${formerLogPrefix(final.origin)}tile/0/000.p/${final.size}`;
      const tile = (await store.read(altered)) ?? new Uint8Array();
      await store.write(altered, tile.with(0, (tile[0] ?? 0) ^ 1));
      const faults = must(await auditLedger(store, anchor, Date.now())).faults.map(({ path }) => path);
      assert.ok(faults.includes(altered), `one bit: ${faults}`);
      await store.write(altered, tile);
      for (;;) {
        const observed = (await (await fetch(`${world.urls.observe}/status`)).json()) as { size: number; healthy: boolean };
        if (observed.healthy && observed.size === (await look()).checkpoint.checkpoint.size) break;
        await sleep(100);
      }
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

/** Another log takes the ledger's place, at its address and under the same witnesses, who are told of it. */
async function anotherLog({ world }: Scene, anchor: Uint8Array): Promise<AsyncDisposable & { readonly origin: string }> {
  const { project, processes } = world;
  const store = directoryStore(storeDirectory(project));
  const next = await makeNextLog(project, "ledger-next", "next.example");
  const urls = new Map<string, string>();
  const started: { stop(): Promise<void> }[] = [];
  const portOf = (url: string): number => Number(new URL(url).port);
  for (const { holder, url, stop } of processes.filter(({ duty }) => duty === "witness")) {
    const config = (await witnessConfig(project, holder, portOf(url))) as { readonly logs: readonly string[] };
    await stop();
    started.push(await startProcess(project, "witness", holder, { ...config, logs: [...config.logs, next.vkey] }));
    urls.set(holder, url);
  }
  const proof = must(await followNextLog(project, store, anchor, next));
  while ((await store.read(proof)) === undefined) await sleep(100); // the old log holds the root that names the next one
  const ledger = processes.find(({ duty }) => duty === "ledger");
  assert.ok(ledger);
  await ledger.stop();
  await stepAside(project, logOrigin(project.plan));
  const own = dutyDirectory(project, next.holder);
  const config = await ledgerConfig(project, portOf(ledger.url), urls);
  const parts = { origin: next.origin, key: placeIn(own), state: join(own, "state.sqlite") };
  started.push(await startProcess(project, "ledger", next.holder, { ...config, ...parts }));
  return { origin: next.origin, [Symbol.asyncDispose]: async () => void (await Promise.all(started.map((process) => process.stop()))) };
}

async function programIn(root: string, says: string): Promise<string> {
  const directory = join(root, says);
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(join(directory, "bin", "hello"), `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
  return directory;
}
