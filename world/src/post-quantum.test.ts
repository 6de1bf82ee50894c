// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { auditLedger } from "@countersign/release/ledger-audit";
import { directoryStore } from "@countersign/repository/directory-store";
import { createDevice } from "@countersign/updater/device";
import { demoPlan } from "./demo/demo-plan.ts";
import { mute } from "./demo/narrator.ts";
import { deviceInstalls } from "./demo/on-device.ts";
import { release } from "./demo/releases.ts";
import { deviceRuns, must, type Scene } from "./demo/scene.ts";
import { foundWorld } from "./found.ts";
import { withPostQuantum } from "./post-quantum.ts";
import { anchorFile, storeDirectory } from "./project.ts";
import { startWorld } from "./start.ts";

const platform = `${process.platform}-${process.arch}`;

test("a policy demands ML-DSA signatures: signers make them, publish serves them, and a device installs with them and not without", {
  timeout: 180_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), "countersign-post-quantum-"));
  try {
    const plan = { ...withPostQuantum(demoPlan("hello"), "hello.example"), soakSeconds: 1, coolingOffSeconds: 1 };
    const project = must(await foundWorld(join(root, "project"), plan));
    const anchor = await readFile(anchorFile(project));
    await using world = await startWorld(project);
    const scene: Scene = { world, device: join(root, "device"), narrator: mute, signal: new AbortController().signal };
    const place = { product: "hello", platform, channel: "stable", privileges: [], installer: "directory" } as const;
    await createDevice(scene.device, { ...place, id: "one", url: world.urls.distribute }, anchor);
    const program = join(root, "program");
    await mkdir(join(program, "bin"), { recursive: true });
    await writeFile(join(program, "bin/hello"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
    await release(scene, { version: "1.0.0", directory: program }, ["bin/hello"], "alice");

    const report = await deviceInstalls(scene);
    assert.equal(report.result, "installed");
    const sidecars = report.trail.filter(({ check }) => check === "sidecar/signatures");
    assert.deepEqual(
      sidecars.map(({ gate }) => gate),
      [4, 5],
    );
    assert.equal((await deviceRuns(scene, "check")).result, "current");
    const store = directoryStore(storeDirectory(project));
    const audit = async () => {
      const audited = await auditLedger(store, anchor, Date.now());
      return audited.ok ? audited.value.faults.map(({ path }) => path) : [audited.refusal.code]; // of the newest targets or channel file
    };
    assert.deepEqual(await audit(), []);
    const [altered = ""] = await store.list("sidecars/");
    const bytes = (await store.read(altered)) ?? new Uint8Array();
    await store.write(altered, Buffer.from(bytes).with(bytes.length - 100, (bytes[bytes.length - 100] ?? 0) ^ 1));
    assert.notDeepEqual(await audit(), [], "one bit of one ML-DSA signature");
    await store.write(altered, bytes);

    const stranger: Scene = { ...scene, device: join(root, "second device") };
    await createDevice(stranger.device, { ...place, id: "two", url: world.urls.distribute }, anchor);
    const served = join(storeDirectory(project), "sidecars");
    assert.ok((await readdir(served)).length >= 2);
    await rm(served, { recursive: true });
    const refused = await deviceRuns(stranger, "check");
    assert.deepEqual([refused.result, refused.refusal?.code], ["refused", "sidecar-missing"]);
    assert.equal((await deviceRuns(scene, "check")).result, "current", "what was judged with its sidecars stays so");
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
