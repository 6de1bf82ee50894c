// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { manifestDigest, type TreeFile, treeManifest, verifyTree } from "./tree.ts";

const base = await mkdtemp(join(tmpdir(), "tree-"));
after(() => rm(base, { recursive: true }));

function file(path: string, content: string, mode = 0o644): TreeFile {
  return { path, mode, length: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

const manifest = treeManifest([file("lib/b", "bee"), file("a", "ay", 0o755), file("lib/deep/c", "")]);

let count = 0;

async function plant(): Promise<string> {
  const root = join(base, String(count++));
  await mkdir(join(root, "lib", "deep"), { recursive: true });
  await writeFile(join(root, "a"), "ay");
  await chmod(join(root, "a"), 0o755);
  await writeFile(join(root, "lib", "b"), "bee");
  await writeFile(join(root, "lib", "deep", "c"), "");
  for (const path of ["lib/b", "lib/deep/c"]) await chmod(join(root, path), 0o644);
  return root;
}

test("a tree is what its manifest says", async () => {
  assert.equal(await verifyTree(await plant(), manifest), undefined);
});

test("every difference from the manifest is refused", async () => {
  const outside = join(base, "outside");
  await writeFile(outside, "bee", { mode: 0o644 });
  const attacks: Record<string, [code: string, attack: (root: string) => Promise<void>]> = {
    "changed content": ["tree-content", (root) => writeFile(join(root, "lib/b"), "BEE")],
    "longer content": ["tree-content", (root) => appendFile(join(root, "lib/b"), "x")],
    "other mode": ["tree-mode", (root) => chmod(join(root, "a"), 0o4755)],
    "extra file": ["tree-extra", (root) => writeFile(join(root, "lib/extra"), "")],
    "missing file": ["tree-missing", (root) => rm(join(root, "lib/deep/c"))],
    "missing tree": ["tree-missing", (root) => rm(root, { recursive: true })],
    "file replaced by a link to the same bytes": [
      "tree-link",
      (root) => rm(join(root, "lib/b")).then(() => symlink(outside, join(root, "lib/b"))),
    ],
    "extra link": ["tree-link", (root) => symlink(outside, join(root, "extra"))],
    "directory replaced by a link": [
      "tree-link",
      (root) => rm(join(root, "lib"), { recursive: true }).then(() => symlink(base, join(root, "lib"))),
    ],
    "second name for a file": ["tree-link", (root) => link(join(root, "lib/b"), join(base, `second-name-${count}`))],
    "extra fifo": ["tree-link", async (root) => void execFileSync("mkfifo", [join(root, "pipe")])],
  };
  for (const [name, [code, attack]] of Object.entries(attacks)) {
    const root = await plant();
    await attack(root);
    assert.equal((await verifyTree(root, manifest))?.code, code, name);
  }
});

test("a link to the tree is not the tree", async () => {
  const root = await plant();
  await symlink(root, `${root}-link`);
  assert.equal((await verifyTree(`${root}-link`, manifest))?.code, "tree-missing");
});

test("the digest of a manifest is that of its canonical JSON, whatever the order of files and members", () => {
  const canonical = '{"files":[{"length":2,"mode":493,"path":"a","sha256":"00"},{"length":0,"mode":420,"path":"b","sha256":"11"}]}';
  const files: TreeFile[] = [
    { sha256: "11", path: "b", length: 0, mode: 0o644 },
    { path: "a", mode: 0o755, length: 2, sha256: "00" },
  ];
  assert.equal(manifestDigest({ files }), createHash("sha256").update(canonical).digest("hex"));
});
