// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Updater } from "tuf-js";
import { demoPlan } from "./demo/demo-plan.ts";
import { mute } from "./demo/narrator.ts";
import { release } from "./demo/releases.ts";
import { must, type Scene } from "./demo/scene.ts";
import { foundWorld } from "./found.ts";
import { anchorFile } from "./project.ts";
import { startWorld } from "./start.ts";

test("a stock TUF client refreshes, looks up and downloads from a repository that all duties published", { timeout: 120_000 }, async () => {
  const root = await mkdtemp(join(tmpdir(), "countersign-tuf-js-"));
  try {
    const program = join(root, "program");
    await mkdir(join(program, "bin"), { recursive: true });
    await writeFile(join(program, "bin", "hello"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
    const project = must(await foundWorld(join(root, "project"), { ...demoPlan("hello"), soakSeconds: 1 }));
    await using world = await startWorld(project);
    const scene: Scene = { world, device: "", narrator: mute, signal: new AbortController().signal };
    await release(scene, { version: "1.0.0", directory: program }, ["bin/hello"], "alice");

    const [metadataDir, targetDir] = [join(root, "metadata"), join(root, "targets")];
    await mkdir(metadataDir);
    await mkdir(targetDir);
    await copyFile(anchorFile(project), join(metadataDir, "root.json"));
    const client = new Updater({
      metadataDir,
      metadataBaseUrl: `${world.urls.distribute}/metadata`,
      targetDir,
      targetBaseUrl: `${world.urls.distribute}/targets`,
    });
    await client.refresh();

    const platform = `${process.platform}-${process.arch}`;
    const head = await client.getTargetInfo(`stable/hello/${platform}/head.json`);
    assert.ok(head, "the channel's delegation leads to the head");
    const { releases } = JSON.parse(await readFile(await client.downloadTarget(head), "utf8"));
    assert.equal(releases[0].body.version, "1.0.0");

    const [artifact] = releases[0].body.artifacts;
    const target = await client.getTargetInfo(`stable/hello/${platform}/${artifact.name}`);
    assert.equal(target?.hashes["sha256"], artifact.sha256);
    assert.ok(target);
    assert.equal((await readFile(await client.downloadTarget(target))).length, artifact.length);
    assert.equal(await client.getTargetInfo(`beta/hello/${platform}/head.json`), undefined, "no other channel is delegated to");
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
