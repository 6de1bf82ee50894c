// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadCryptoki } from "@countersign/custody/pkcs11/cryptoki";
import { softHsm } from "@countersign/custody/pkcs11/softhsm.test-support";
import { recordPath } from "@countersign/custody/place";
import { RecordFile } from "@countersign/custody/record/record-file";
import { directoryStore } from "@countersign/repository/directory-store";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository } from "@countersign/repository/view";
import { createDevice } from "@countersign/updater/device";
import { ensure } from "../../tools/outside.ts";
import { demoPlan } from "./demo/demo-plan.ts";
import { mute } from "./demo/narrator.ts";
import { deviceInstalls } from "./demo/on-device.ts";
import { release } from "./demo/releases.ts";
import { must, type Scene } from "./demo/scene.ts";
import { foundWorld } from "./found.ts";
import { anchorFile, dutyDirectory, keyIn, storeDirectory } from "./project.ts";
import { startWorld } from "./start.ts";

const built = loadCryptoki();
const skip = ensure(["softhsm2-util"])[0] ?? (built.ok ? false : `${built.refusal.found}. ${built.refusal.remedy}`);

test("a release goes its whole way with channel signers whose keys live in an HSM and in no file", { skip, timeout: 180_000 }, async () => {
  const root = await mkdtemp(join(tmpdir(), "countersign-hardware-"));
  try {
    const token = softHsm(join(root, "hsm"), "signers", "1234");
    const plan = { ...demoPlan("hello"), soakSeconds: 1, coolingOffSeconds: 1 };
    const signers = plan.signers.holders.map(({ holder }) => holder);
    const place = (holder: string) => (signers.includes(holder) ? { ...token, label: holder } : undefined);
    const project = must(await foundWorld(join(root, "project"), plan, { elsewhere: place }));
    for (const holder of signers) {
      const { keyFile } = keyIn(dutyDirectory(project, holder));
      assert.equal(JSON.parse(await readFile(keyFile, "utf8")).format, "countersign-key-reference-v1");
    }

    await using world = await startWorld(project);
    const scene: Scene = { world, device: join(root, "device"), narrator: mute, signal: new AbortController().signal };
    const anchor = await readFile(anchorFile(project));
    const platform = `${process.platform}-${process.arch}`;
    const where = { id: "one", url: world.urls.distribute, product: "hello", platform, channel: "stable" } as const;
    await createDevice(scene.device, { ...where, privileges: [], installer: "directory" }, anchor);
    const program = join(root, "program");
    await mkdir(join(program, "bin"), { recursive: true });
    await writeFile(join(program, "bin", "hello"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
    await release(scene, { version: "1.0.0", directory: program }, ["bin/hello"], "alice");
    const report = await deviceInstalls(scene);
    assert.equal(report.result, "installed", JSON.stringify(report.refusal));

    const view = must(await openRepository(readFrom(directoryStore(storeDirectory(project))), anchor, Date.now()));
    const signed = view.channels.get("stable")?.signatures.map(({ keyid }) => keyid) ?? [];
    const records = signers.map((holder) => must(RecordFile.open(recordPath(keyIn(dutyDirectory(project, holder)).keyFile))).read());
    for (const keyid of signed) {
      assert.equal(view.policy.custody?.[keyid], "pkcs11", "declared in the policy");
      const record = records.find((each) => each.keyid === keyid);
      assert.match(record?.custody ?? "", /^pkcs11 \(SoftHSM/);
      assert.equal(record?.signatures, 1, "counted where the key's reference is");
    }
    assert.ok(signed.length >= plan.signers.threshold);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
