// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { rawPublicKey, signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { servedBytes } from "@countersign/trust/canonical";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { createDevice } from "./device.ts";
import { installers } from "./installers.ts";
import { writeJournal } from "./journal.ts";
import { type Memory, newborn } from "./memory.ts";
import { recover } from "./recovery.ts";
import { rollback } from "./rollback.ts";
import { current, place, prepare, slotOf, switchTo } from "./slots.ts";
import { journalFile } from "./trial.ts";
import { openTrustStore, saveTrustStore } from "./trust-store.ts";

const base = await mkdtemp(join(tmpdir(), "rollback-"));
after(() => rm(base, { recursive: true }));

/** A root that can be read; nothing here verifies it. */
function anyRoot(): Uint8Array {
  const raw = Buffer.from(rawPublicKey(generateKeyPairSync("ed25519").publicKey)).toString("hex");
  const key: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  const role = { keyids: [keyidOf(key)], threshold: 1 };
  const vkeys = [1, 2, 3].map((seed) =>
    formatVkey(
      seed === 1 ? "log.example" : `w${seed}.example`,
      seed === 1 ? 1 : 4,
      signerFromSeed(Buffer.alloc(32, seed), "x", 1).publicKey,
    ),
  );
  const [log, ...witnesses] = vkeys;
  const signed = {
    ...{ _type: "root", spec_version: "1.0.31", version: 1, expires: "2099-01-01T00:00:00Z", consistent_snapshot: true },
    keys: { [keyidOf(key)]: key },
    roles: { root: role, timestamp: role, snapshot: role, targets: role },
    countersign: { owners: { [keyidOf(key)]: "alice" }, log: { origin: "log.example", vkey: log }, witnesses, witnessQuorum: 2 },
  };
  return servedBytes({ signatures: [], signed });
}

const digestOf = (version: string): Digest => sha256(Buffer.from(version));

async function put(directory: string, version: string, epoch: number): Promise<void> {
  const staging = await prepare(directory);
  await writeFile(join(staging, "version"), version, { mode: 0o644 });
  const file = { path: "version", mode: 0o644, length: version.length, sha256: digestOf(version) };
  const record = { release: digestOf(version), sequence: Number(version), epoch, version, manifest: { files: [file] } };
  await switchTo(directory, await place(directory, staging, record));
}

/** A device that went from version 1 to version 2. */
async function updated(name: string, remembered: Partial<Memory> = {}, epochOfOld = 0): Promise<string> {
  const directory = join(base, name);
  await mkdir(directory);
  const config = { product: "hello", platform: "linux-x64", channel: "stable", id: "one", privileges: [], installer: "directory" } as const;
  await createDevice(directory, { ...config, url: "http://127.0.0.1:9" }, anyRoot());
  await put(directory, "1", epochOfOld);
  await put(directory, "2", 1);
  await openTrustStore(directory);
  await saveTrustStore(directory, {}, { ...newborn, sequenceFloor: 2, ...remembered });
  return directory;
}

async function refusedWith(directory: string): Promise<string> {
  const outcome = await rollback(directory);
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("the previous version runs again, and the one that was left does not come back by itself", async () => {
  const directory = await updated("plain");
  const outcome = await rollback(directory);
  assert.ok(outcome.ok);
  assert.deepEqual([outcome.value.from.version, outcome.value.to.version], ["2", "1"]);
  assert.equal(await current(directory), "a");
  const store = await openTrustStore(directory);
  assert.ok(store.ok);
  assert.deepEqual(Object.keys(store.value.memory.unwell), [digestOf("2")]);
});

test("attack: after a rollback, by hand or by itself, the next one does not lead forward to the version that just failed", async () => {
  const directory = await updated("forward");
  assert.ok((await rollback(directory)).ok);
  assert.equal(await refusedWith(directory), "no-previous-version");
  assert.equal(await current(directory), "a");
  const recalled = await updated("recalled"); // to version 1, by an order: nothing was unwell
  await switchTo(recalled, "a");
  assert.equal(await refusedWith(recalled), "no-previous-version");
  assert.equal(await refusedWith(await updated("unwell", { unwell: { [digestOf("1")]: 1 } })), "no-previous-version");
});

test("attack: going back below the epoch floor, to a version with a known hole", async () => {
  const directory = await updated("floor", { epochFloor: 1 });
  assert.equal(await refusedWith(directory), "below-epoch-floor");
  assert.equal(await current(directory), "b");
});

test("a revoked version does not come back; one whose hold has ended does", async () => {
  const denial = { kind: "release", name: digestOf("1"), since: 1_700_000_000, reason: "stolen key" } as const;
  assert.equal(await refusedWith(await updated("revoked", { denials: { security: [{ ...denial, until: null }] } })), "revoked");
  assert.equal(await refusedWith(await updated("held", { time: 10, denials: { security: [{ ...denial, until: 11 }] } })), "revoked");
  assert.equal(await refusedWith(await updated("free", { time: 11, denials: { security: [{ ...denial, until: 11 }] } })), "accepted");
});

test("attack: going back to a version whose build, builder or approval was revoked since", async () => {
  const deniable = { release: [digestOf("1")], build: ["build"], builder: ["builder"], approval: ["approval"] };
  for (const kind of ["build", "builder", "approval"] as const) {
    const denials = { security: [{ kind, name: kind, since: 1, until: null, reason: "stolen key" }] };
    const directory = await updated(`deniable-${kind}`, { denials });
    assert.equal(await refusedWith(directory), "accepted", "a record of the first updaters has the release digest only");
    const known = await updated(`denied-${kind}`, { denials });
    const file = join(known, "slots", "a.json");
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), deniable }));
    assert.equal(await refusedWith(known), "revoked");
  }
});

test("attack: the slot of the previous version was tampered with", async () => {
  const directory = await updated("tampered");
  await writeFile(join(slotOf(directory, "a"), "version"), "3");
  assert.equal(await refusedWith(directory), "tree-content");
});

test("where nothing runs, or nothing ran before, there is nothing to go back to", async () => {
  const directory = await updated("none");
  await rm(join(directory, "slots", "a.json"));
  assert.equal(await refusedWith(directory), "no-previous-version");
  await switchTo(directory, undefined);
  assert.equal(await refusedWith(directory), "no-previous-version");
});

test("a crash before or after the switch is finished by whoever comes next", async () => {
  const [directoryInstaller] = installers;
  assert.ok(directoryInstaller);
  for (const running of ["a", "b"] as const) {
    const directory = await updated(`crash-${running}`);
    const release = { release: digestOf("2"), sequence: 2, epoch: 1 };
    await writeJournal(journalFile(directory), { phase: "applied", ...release, slot: "b", previous: "a", attempts: 1, attemptsAllowed: 1 });
    await switchTo(directory, running);
    const { memory } = await recover(directory, directoryInstaller, newborn);
    assert.equal(await current(directory), "a");
    assert.deepEqual(Object.keys(memory.unwell), [digestOf("2")]);
  }
});
