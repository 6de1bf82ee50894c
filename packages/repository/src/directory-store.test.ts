// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ensure } from "../../../tools/outside.ts";
import { directoryStore } from "./directory-store.ts";
import { checkPath, StoreError, type StoreErrorCode } from "./store.ts";

const base = await mkdtemp(join(tmpdir(), "store-"));
after(() => rm(base, { recursive: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (read: Uint8Array | undefined): string | undefined => read && Buffer.from(read).toString();
const storeError = (code: StoreErrorCode) => (error: unknown) => error instanceof StoreError && error.code === code;

test("what is written is read, listed and replaced; what is absent is undefined", async () => {
  const root = join(base, "plain");
  const store = directoryStore(root);
  assert.deepEqual(await store.list(""), []);
  await store.write("metadata/1.root.json", bytes("one"));
  await store.write("metadata/timestamp.json", bytes("two"));
  await store.write("metadata/timestamp.json", bytes("three"));
  await store.write("log/tile/0/x001/000", bytes("tile"));
  assert.equal(text(await store.read("metadata/timestamp.json")), "three");
  for (const absent of ["metadata/2.root.json", "metadata", "metadata/1.root.json/below"])
    assert.equal(await store.read(absent), undefined);
  assert.deepEqual(await store.list(""), ["log/tile/0/x001/000", "metadata/1.root.json", "metadata/timestamp.json"]);
  assert.deepEqual(await store.list("metadata/1"), ["metadata/1.root.json"]);
  assert.deepEqual(await store.list("metadata/timestamp.json/"), []);
  await assert.rejects(store.read("metadata/timestamp.json", 4), storeError("too-long"));
  assert.equal(text(await store.read("metadata/timestamp.json", 5)), "three");
});

test("a link has the same bytes, and keeps them when the first name is replaced", async () => {
  const store = directoryStore(join(base, "links"));
  await store.write("a", bytes("first"));
  await store.link("a", "deep/b");
  await store.link("a", "deep/b");
  await store.write("a", bytes("second"));
  assert.equal(text(await store.read("deep/b")), "first");
  await assert.rejects(store.link("absent", "c"), storeError("path-missing"));
  assert.deepEqual(await readdir(join(base, "links", "deep")), ["b"]);
});

test("a file is copied in with the store's mode, not its own", async () => {
  const root = join(base, "files");
  const source = join(base, "source");
  await writeFile(source, "payload", { mode: 0o600 });
  await directoryStore(root).writeFile("artifacts/abc", source);
  assert.equal(await readFile(join(root, "artifacts/abc"), "utf8"), "payload");
  assert.equal((await stat(join(root, "artifacts/abc"))).mode & 0o777, 0o644);
});

test("attack: paths that leave the store, hide in it or mean another thing elsewhere", async () => {
  const store = directoryStore(join(base, "paths"));
  const unsafe = [
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/..",
    "a/./b",
    ".hidden",
    "a/.x.tmp",
    "a\\b",
    "c:d",
    "a\0b",
    "a\nb",
    "a\x7f",
    "\ud800",
  ];
  unsafe.push("a".repeat(201), `${"a/".repeat(512)}a`);
  for (const path of unsafe) {
    assert.equal(checkPath(path).ok, false, JSON.stringify(path));
    await assert.rejects(store.write(path, bytes("x")), storeError("path-unsafe"), JSON.stringify(path));
    await assert.rejects(store.read(path), storeError("path-unsafe"));
  }
  await assert.rejects(store.link("../a", "b"), storeError("path-unsafe"));
  await assert.rejects(store.list("../"), storeError("path-unsafe"));
  for (const path of ["a", "metadata/1.root.json", "a b/ü/%2e%2e", "x001/a.b"]) assert.ok(checkPath(path).ok, path);
});

test("attack: a duty writes outside of its own prefixes", async () => {
  const root = join(base, "scope");
  const store = directoryStore(root, { prefixes: ["revocations/", "proofs/"] });
  await store.write("revocations/latest", bytes("mine"));
  await store.link("revocations/latest", "proofs/x");
  const outside = storeError("path-out-of-scope");
  await assert.rejects(store.write("metadata/timestamp.json", bytes("x")), outside);
  await assert.rejects(store.writeFile("revocationsx", join(base, "source")), outside);
  await assert.rejects(store.link("revocations/latest", "metadata/timestamp.json"), outside);
  await assert.rejects(store.write("revocations/../metadata/x", bytes("x")), storeError("path-unsafe"));
  assert.deepEqual((await readdir(root)).sort(), ["proofs", "revocations"]);
});

test("an immutable path takes the same bytes again and no others", async () => {
  const store = directoryStore(join(base, "immutable"), { immutable: (path) => path.startsWith("artifacts/") });
  await store.write("artifacts/a", bytes("one"));
  await store.write("artifacts/a", bytes("one"));
  for (const other of ["two", "one more"]) await assert.rejects(store.write("artifacts/a", bytes(other)), storeError("path-immutable"));
  assert.equal(text(await store.read("artifacts/a")), "one");
  await store.write("other", bytes("one"));
  await store.write("other", bytes("two"));
  assert.deepEqual(await readdir(join(base, "immutable", "artifacts")), ["a"]);
});

test("a write that fails leaves the old bytes, no temporary file, and says why", async () => {
  const root = join(base, "failing");
  const store = directoryStore(root);
  await store.write("a", bytes("old"));
  await assert.rejects(store.writeFile("a", join(base, "no such source")), { code: "ENOENT" });
  await store.write("dir/x", bytes("x"));
  await assert.rejects(store.write("dir", bytes("x")), { code: "EISDIR" });
  assert.equal(text(await store.read("a")), "old");
  assert.deepEqual((await readdir(root)).sort(), ["a", "dir"]);
});

test("a full disk leaves the old bytes and no temporary file, and works again once there is room", {
  skip: ensure(["mount"])[0] ?? false,
}, async () => {
  const root = join(base, "full");
  await mkdir(root);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", root]);
  try {
    const store = directoryStore(root);
    await store.write("doc", bytes("old"));
    const large = join(base, "large");
    await writeFile(large, Buffer.alloc(2 * 1024 * 1024));
    await assert.rejects(store.write("doc", Buffer.alloc(2 * 1024 * 1024)), { code: "ENOSPC" });
    await assert.rejects(store.writeFile("doc", large), { code: "ENOSPC" });
    assert.equal(text(await store.read("doc")), "old");
    assert.deepEqual(await readdir(root), ["doc"]);
    await store.write("doc", bytes("new"));
    assert.equal(text(await store.read("doc")), "new");
  } finally {
    execFileSync("umount", [root]);
  }
});

test("writers of one path at once: readers see one whole document, always", async () => {
  const store = directoryStore(join(base, "race"));
  const documents = Array.from({ length: 8 }, (_, index) => String(index).repeat(200_000));
  await store.write("doc", bytes(documents[0] ?? ""));
  const writing = Promise.all(documents.map((document) => store.write("doc", bytes(document))));
  for (let round = 0; round < 20; round++) assert.ok(documents.includes(text(await store.read("doc")) ?? ""));
  await writing;
  assert.deepEqual(await readdir(join(base, "race")), ["doc"]);
});
