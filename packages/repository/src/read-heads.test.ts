// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { headDocument } from "@countersign/trust/release/head";
import { directoryStore } from "./directory-store.ts";
import { headBytes, headPath, nextChannel } from "./next-channel.ts";
import { nextHead } from "./next-head.ts";
import { isStored, readFrom } from "./read-from.ts";
import { readHeads } from "./read-heads.ts";
import { place, releaseEntry } from "./sample-entries.test-support.ts";
import { targetFileOf, targetStorePath } from "./target-path.ts";

const base = await mkdtemp(join(tmpdir(), "heads-"));
after(() => rm(base, { recursive: true }));

const head = nextHead(undefined, place, releaseEntry(1));
const path = headPath(head);
const channel = nextChannel(undefined, new Map([[path, head]]), "2030-01-01T00:00:00Z");
const storePath = targetStorePath(path, targetFileOf(headBytes(head)).hashes.sha256);

test("the heads that a channel file lists are read from where consistent snapshots put them", async () => {
  const store = directoryStore(join(base, "good"));
  await store.write(storePath, headBytes(head));
  const read = await readHeads(readFrom(store), channel);
  assert.ok(read.ok);
  const found = read.value.get(path);
  assert.ok(found);
  assert.deepEqual(headDocument(found), headDocument(head));
  assert.deepEqual(await readHeads(readFrom(store), undefined), { ok: true, value: new Map() });
});

test("attack: other bytes under a head's name, longer or just other, and a head of another place", async () => {
  const refusedWith = async (name: string, bytes: Uint8Array, file = channel): Promise<string | undefined> => {
    const store = directoryStore(join(base, name));
    const listed = file.targets[path]?.hashes.sha256;
    assert.ok(listed);
    await store.write(targetStorePath(path, listed), bytes);
    const read = await readHeads(readFrom(store), file);
    return read.ok ? undefined : read.refusal.code;
  };
  assert.equal(await refusedWith("other", Buffer.from("{}")), "digest-mismatch");
  assert.equal(await refusedWith("longer", Buffer.concat([headBytes(head), Buffer.from(" ")])), "too-long");
  const misplaced = headBytes(nextHead(undefined, { ...place, platform: "linux-arm64" }, releaseEntry(1)));
  const listing = { ...channel, targets: { [path]: targetFileOf(misplaced) } };
  assert.equal(await refusedWith("misplaced", misplaced, listing), "head-misplaced");
});

test("a listed head that is missing is a refusal that names its path", async () => {
  const read = await readHeads(readFrom(directoryStore(join(base, "empty"))), channel);
  assert.deepEqual(read.ok ? undefined : [read.refusal.code, read.refusal.expected], ["missing-file", storePath]);
});

test("what is stored is known without reading it", async () => {
  const store = directoryStore(join(base, "stored"));
  await store.write("artifacts/a", Buffer.alloc(10));
  assert.deepEqual([await isStored(store, "artifacts/a"), await isStored(store, "artifacts/b")], [true, false]);
});
