// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { honestStates, people, rootOf } from "@countersign/trust/founding.test-support";
import { signedBytes } from "@countersign/trust/simulator.test-support";
import { createDevice } from "./device.ts";
import { documentsOf } from "./documents.test-support.ts";
import { type Memory, newborn } from "./memory.ts";
import * as slots from "./slots.ts";
import type { Documents } from "./stored-documents.ts";
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
  lists: { ["b".repeat(64)]: { version: 3, time: 7 } },
  unwell: { ["a".repeat(64)]: 6 },
};

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "countersign-store-"));
  const [before, after] = await honestStates();
  await createDevice(directory, config, before.get("metadata/1.root.json") ?? Buffer.of());
  await saveTrustStore(directory, documentsOf(after), wise);
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

test("a snapshot of more than 4 MiB, which a device takes, comes back as well", async () => {
  const { signed } = JSON.parse(await readFile(stored("snapshot.json"), "utf8"));
  const large = await signedBytes({ ...signed, padding: "x".repeat(5 << 20) }, people.publisher);
  await writeFile(stored("snapshot.json"), large);
  const { documents, healed } = await opened();
  assert.equal(documents.snapshot?.bytes.length, large.length);
  assert.deepEqual(healed, []);
});

test("a store with any one file emptied, cut or overwritten opens, says that it is corrupted, and forgets only that file", async () => {
  for (const name of await readdir(join(directory, "trust"))) {
    const bytes = await readFile(stored(name));
    for (const damaged of [Buffer.alloc(0), bytes.subarray(0, bytes.length / 2), Buffer.alloc(bytes.length, 0xff)]) {
      await writeFile(stored(name), damaged);
      const { documents, healed } = await opened();
      assert.ok(healed[0]?.startsWith(`${name}: corrupted: `), `${name}: ${healed}`);
      assert.equal(healed.length, name === "targets.json" ? 2 : 1, "without targets nothing says who may sign the channel");
      assert.equal(
        documents.root.signed.version,
        name === "2.root.json" ? 1 : 2,
        "without a root of its own it starts from the embedded one",
      );
    }
    await writeFile(stored(name), bytes);
  }
  assert.deepEqual((await opened()).healed, []);
});

test("a store with any one file removed opens without it, and with all the rest", async () => {
  for (const name of await readdir(join(directory, "trust"))) {
    const bytes = await readFile(stored(name));
    await rm(stored(name));
    const { documents } = await opened();
    const missing = Object.values({ ...documents, root: documents.root.signed.version === 2 || undefined }).filter(
      (each) => each === undefined,
    );
    assert.equal(missing.length, name === "memory.json" ? 0 : name === "targets.json" ? 2 : 1, name);
    await writeFile(stored(name), bytes);
  }
});

test("no bit of any file can be flipped unseen: what is read is what was written, or nothing", async () => {
  const before = await opened();
  const codes = new Set<string | undefined>();
  for (const name of await readdir(join(directory, "trust"))) {
    const bytes = await readFile(stored(name));
    for (let round = 0; round < 12; round++) {
      const at = (round * 7919) % bytes.length;
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (round % 8)), at);
      await writeFile(stored(name), flipped);
      const { documents, memory, healed } = await opened();
      const what = `${name} at ${at}`;
      codes.add(healed[0]?.split(": ")[1]);
      assert.ok(healed.length > 0, `${what} went unseen`);
      assert.deepEqual(structuredClone(memory), name === "memory.json" ? newborn : wise, what);
      for (const [role, { bytes: written }] of Object.entries(before.documents)) {
        const { bytes: read } = documents[role as keyof Documents] ?? {};
        assert.ok(read === undefined || role === "root" || Buffer.compare(read, written) === 0, `${what} changed ${role}`);
      }
    }
    await writeFile(stored(name), bytes);
  }
  assert.deepEqual([...codes].sort(), ["corrupted", "tampered"]);
});

test("attack: a document that nobody signed who may is said to be tampered with, and not used", async () => {
  const { alice } = people;
  const forged = await signedBytes(rootOf({ version: 2 }), alice); // one of two
  await writeFile(stored("2.root.json"), forged);
  const { documents, healed } = await opened();
  assert.equal(documents.root.signed.version, 1);
  assert.match(String(healed[0]), /^2\.root\.json: tampered: /);
});

test("what the system cannot read is neither damage nor an attack: it is refused as that, and nothing is forgotten", async () => {
  const refused = async (): Promise<string | undefined> => {
    const store = await openTrustStore(directory);
    return store.ok ? undefined : store.refusal.code;
  };
  const bytes = await readFile(stored("targets.json"));
  await rm(stored("targets.json"));
  await mkdir(stored("targets.json"));
  assert.equal(await refused(), "io-failed");
  await rmdir(stored("targets.json"));
  await symlink("/dev/zero", stored("targets.json"));
  assert.equal(await refused(), "io-failed", "no link is followed");
  await rm(stored("targets.json"));
  await writeFile(stored("targets.json"), bytes);
  assert.deepEqual((await opened()).healed, []);
});

test("a new policy replaces the old one in one step: where both are left, the newer one is meant", async () => {
  const { documents } = await opened();
  assert.ok(documents.policy);
  const next = { ...documents.policy.policy, version: 2 };
  const bytes = servedBytes(next);
  await writeFile(stored(`policy.${sha256(bytes)}.json`), bytes);
  assert.equal((await opened()).documents.policy?.policy.version, 2);
  await saveTrustStore(directory, { policy: { policy: next, bytes, digest: sha256(bytes) } }, wise);
  assert.equal((await readdir(join(directory, "trust"))).filter((name) => name.startsWith("policy.")).length, 1);
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
