// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable, readFile, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "@countersign/trust/digest";
import { Mirrors } from "@countersign/updater/mirrors";
import { network } from "@countersign/updater/network";
import { Remote } from "@countersign/updater/remote";
import { serve } from "@countersign/updater/servers.test-support";
import { keepArtifact } from "./keep-artifact.ts";

test("what an interrupted bundle had of an artifact is read again and not fetched; what was damaged there is", async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), "countersign-kept-"));
  const bytes = Buffer.alloc(50_000, "a");
  const artifact = { sha256: sha256(bytes), length: bytes.length };
  let asked = 0;
  const url = await serve((_, response) => {
    asked++;
    response.end(bytes);
  });
  using way = network();
  using remote = new Remote(new Mirrors([url.slice(0, -1)]), way);
  const limits = { connectSeconds: 5, idleSeconds: 5, totalSeconds: 20, minimumBytesPerSecond: 1 };
  const keep = async (): Promise<Buffer> => {
    const kept = await keepArtifact(remote, place.path, artifact, { limits });
    assert.ok(kept.ok);
    return await readFile(kept.value.file);
  };
  assert.deepEqual([await keep(), asked], [bytes, 1]);
  assert.deepEqual([await keep(), asked], [bytes, 1], "whole");
  await truncate(join(place.path, artifact.sha256), 20_000);
  assert.deepEqual([await keep(), asked], [bytes, 2], "in part");
  await writeFile(join(place.path, artifact.sha256), Buffer.alloc(50_000, "b"));
  assert.deepEqual([await keep(), asked], [bytes, 3], "damaged");
});
