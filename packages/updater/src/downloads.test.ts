// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { downloadFile } from "./downloads.ts";

const [one, two] = ["1".repeat(64), "2".repeat(64)];

test("an interrupted download is kept for its own artifact, and goes when another one is wanted: a disk does not fill with the past", async () => {
  await using device = await mkdtempDisposable(join(tmpdir(), "countersign-downloads-"));
  const file = await downloadFile(device.path, one);
  await writeFile(`${file}.part`, "half of it");
  assert.equal(await downloadFile(device.path, one), file);
  assert.deepEqual(await readdir(join(device.path, "downloads")), [`${one}.part`]);
  await downloadFile(device.path, two);
  assert.deepEqual(await readdir(join(device.path, "downloads")), []);
});
