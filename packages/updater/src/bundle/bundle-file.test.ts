// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtempDisposable, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fetchSmall } from "../fetch-small.ts";
import { openBundle } from "./bundle-file.ts";
import { bundleBase, bundleNetwork } from "./bundle-network.ts";
import { carried } from "./carried.test-support.ts";

const files = new Map<string, Uint8Array>([
  ["metadata/1.root.json", Buffer.from("{}")],
  ["artifacts/empty", Buffer.of()],
  ["artifacts/large", Buffer.alloc(100_000, "x")],
]);

async function codeOf(file: string): Promise<string> {
  const opened = await openBundle(file);
  return opened.ok ? "opened" : `${opened.refusal.code}: ${opened.refusal.found}`;
}

test("what is in it is answered byte by byte, all else is not there, and only headers are read to open it", async () => {
  await using bundle = await carried(files);
  const opened = await openBundle(bundle.file);
  assert.ok(opened.ok);
  using way = bundleNetwork(opened.value);
  for (const [path, bytes] of files) {
    const read = await fetchSmall(way, { url: `${bundleBase}/${path}`, maxBytes: 200_000, seconds: 5 });
    assert.deepEqual(read.ok && Buffer.from(read.value ?? "none"), bytes, path);
  }
  const absent = await fetchSmall(way, { url: `${bundleBase}/metadata/2.root.json`, maxBytes: 10, seconds: 5 });
  assert.deepEqual(absent, { ok: true, value: undefined });
});

test("attack: no bundle, one that was cut short anywhere, or another archive is refused before anything is read from it", async () => {
  await using whole = await carried(files);
  const bytes = await readFile(whole.file);
  assert.match(await codeOf(`${whole.file}-not`), /^no-bundle/);
  for (const length of [0, 100, 512, 1024, 1500, 2048, 5000, 100_000]) {
    await writeFile(`${whole.file}-cut`, bytes.subarray(0, length));
    assert.match(await codeOf(`${whole.file}-cut`), /^bundle-damaged/, `${length} bytes`);
  }
  await writeFile(`${whole.file}-other`, "PK\u0003\u0004".padEnd(4096));
  assert.match(await codeOf(`${whole.file}-other`), /^bundle-damaged/);
  await using undescribed = await carried(files, { carries: "everything" as never });
  assert.match(await codeOf(undescribed.file), /^malformed-document/);
});

test("attack: a path twice, of which two readers take another each; a link; a directory; a description that is not first", async () => {
  await using place = await mkdtempDisposable(join(tmpdir(), "countersign-odd-"));
  await using whole = await carried(files);
  const tree = join(place.path, "tree");
  await mkdir(join(tree, "directory"), { recursive: true });
  await writeFile(join(tree, "bundle.json"), "{}");
  await writeFile(join(tree, "root.json"), "{}");
  await symlink("/etc/passwd", join(tree, "link"));
  const packed = async (...names: readonly string[]): Promise<string> => {
    const file = join(place.path, names.join("-"));
    execFileSync("tar", ["--format=ustar", "-b1", "--hard-dereference", "-cf", file, "-C", tree, ...names]);
    return await codeOf(file);
  };
  assert.equal(await packed("bundle.json", "root.json", "root.json"), "bundle-damaged: root.json twice");
  assert.equal(await packed("bundle.json", "link"), "bundle-damaged: symlink link");
  assert.equal(await packed("bundle.json", "directory"), "bundle-damaged: directory directory");
  assert.equal(await packed("root.json", "bundle.json"), "bundle-damaged: root.json");
  await truncate(whole.file, (await readFile(whole.file)).length - 9000);
  assert.match(await codeOf(whole.file), /^bundle-damaged/);
});
