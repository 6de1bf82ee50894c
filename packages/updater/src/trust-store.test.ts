// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { Digest } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { honestStates } from "@countersign/trust/founding.test-support";
import { root } from "@countersign/trust/tuf/root";
import { timestamp } from "@countersign/trust/tuf/timestamp";
import { createDevice } from "./device.ts";
import { type Memory, newborn } from "./memory.ts";
import * as slots from "./slots.ts";
import { openTrustStore, saveTrustStore, type TrustStore } from "./trust-store.ts";

const config = {
  url: "http://127.0.0.1:1",
  product: "hello",
  platform: "linux-x64",
  channel: "stable",
  id: "d",
  privileges: [],
  installer: "directory",
} as const;
const wise: Memory = {
  ...newborn,
  time: 1_000_002,
  epochFloor: 4,
  sequenceFloor: 9,
  listTimes: { security: 7 },
  unwell: ["a".repeat(64) as Digest],
};

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "countersign-store-"));
  const [before, after] = await honestStates();
  await createDevice(directory, config, before.get("metadata/1.root.json") ?? new Uint8Array());
  const newest = readEnvelope(root, after.get("metadata/2.root.json") ?? new Uint8Array(), "root");
  const dated = readEnvelope(timestamp, after.get("metadata/timestamp.json") ?? new Uint8Array(), "timestamp");
  assert.ok(newest.ok && dated.ok);
  await opened(); // makes the directory
  await saveTrustStore(directory, { root: newest.value, timestamp: dated.value }, wise);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function opened(): Promise<TrustStore> {
  const store = await openTrustStore(directory);
  assert.ok(store.ok);
  return store.value;
}

const stored = (name: string): string => join(directory, "trust", name);

test("what was saved comes back, and the documents are the exact bytes that were served", async () => {
  const { documents, memory, healed } = await opened();
  assert.equal(documents.root.signed.version, 2);
  assert.deepEqual(Buffer.from(documents.timestamp?.bytes ?? []), await readFile(stored("timestamp.json")));
  assert.deepEqual(structuredClone(memory), wise);
  assert.deepEqual(healed, []);
});

test("a store with any one file emptied, cut or overwritten opens, says so, and forgets only that file", async () => {
  for (const name of await readdir(join(directory, "trust"))) {
    const bytes = await readFile(stored(name));
    for (const damage of [Buffer.alloc(0), bytes.subarray(0, bytes.length / 2), Buffer.alloc(bytes.length, 0xff)]) {
      await writeFile(stored(name), damage);
      const { documents, healed } = await opened();
      assert.equal(healed.length, 1, `${name} was damaged`);
      assert.ok(healed[0]?.startsWith(name));
      assert.equal(
        documents.root.signed.version,
        name === "root.json" ? 1 : 2,
        "without a root of its own it starts from the embedded one",
      );
    }
    await writeFile(stored(name), bytes);
  }
});

test("with a damaged memory the floors are those of the installed versions, never zero: a device cannot be rolled back by a flipped bit", async () => {
  const staging = await slots.prepare(directory);
  await slots.place(directory, staging, { release: "b".repeat(64), sequence: 8, epoch: 3, version: "8", manifest: { files: [] } });
  await writeFile(stored("memory.json"), "{");
  const { memory } = await opened();
  assert.deepEqual([memory.epochFloor, memory.sequenceFloor], [3, 8]);
});

test("a stored root older than the embedded one is not used", async () => {
  const [, after] = await honestStates();
  await createDevice(directory, config, after.get("metadata/2.root.json") ?? new Uint8Array());
  const [before] = await honestStates();
  await writeFile(stored("root.json"), before.get("metadata/1.root.json") ?? "");
  assert.equal((await opened()).documents.root.signed.version, 2);
});
