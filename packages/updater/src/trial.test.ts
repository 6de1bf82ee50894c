// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { releaseDigest } from "@countersign/trust/release/statement";
import { statementOf } from "@countersign/trust/simulator.test-support";
import { installerNamed } from "./installers.ts";
import { type Journal, readJournal, writeJournal } from "./journal.ts";
import { newborn } from "./memory.ts";
import { recover } from "./recovery.ts";
import * as slots from "./slots.ts";
import { beginTrial, journalFile, writePending } from "./trial.ts";

const named = installerNamed("directory");
assert.ok(named.ok);
const installer = named.value;

/** A device that runs slot a, and has another version placed in slot b. */
async function placed(device: string): Promise<Journal> {
  await mkdir(join(device, "trust"));
  for (const sequence of [1, 2]) {
    const slot = await slots.place(device, await slots.prepare(device), {
      release: String(sequence).repeat(64),
      sequence,
      epoch: 0,
      version: String(sequence),
      manifest: { files: [] },
    });
    if (sequence === 1) await slots.switchTo(device, slot);
  }
  return { phase: "staged", release: "2".repeat(64), slot: "b", previous: "a", attempts: 0, attemptsAllowed: 3 };
}

test("a trial that cannot be written down does not go on: what ran before runs again", async () => {
  await using device = await mkdtempDisposable(join(tmpdir(), "countersign-trial-"));
  const journal = await placed(device.path);
  await mkdir(join(journalFile(device.path), "in the way"), { recursive: true }); // no file can be put here, as on a full disk
  await assert.rejects(beginTrial(device.path, installer, journal));
  assert.equal(await slots.current(device.path), "a");
});

for (const [what, pending] of [
  ["gone", undefined],
  ["another release's", "{}"],
] as const) {
  test(`a trial whose statement is ${what} cannot be judged, so the version before it is put back`, async () => {
    await using device = await mkdtempDisposable(join(tmpdir(), "countersign-trial-"));
    const journal = await placed(device.path);
    await slots.switchTo(device.path, "b");
    await writeJournal(journalFile(device.path), { ...journal, phase: "applied" });
    if (pending !== undefined) await writeFile(join(device.path, "pending.json"), pending);
    const { step, refusal, memory } = await recover(device.path, installer, newborn);
    assert.equal(step, "check-health");
    assert.equal(refusal?.code, "journal-damaged");
    assert.deepEqual(Object.keys(memory.unwell), [journal.release]);
    assert.equal(await slots.current(device.path), "a");
    assert.deepEqual(await readJournal(journalFile(device.path)), { ok: true, value: undefined });
  });
}

test("the floors rise to what the statement of a confirmed trial says, and without it not at all: in the journal a flipped bit shows nowhere", async () => {
  const statement = statementOf({ sequence: 2, epoch: 1 });
  for (const pending of [statement, undefined]) {
    await using device = await mkdtempDisposable(join(tmpdir(), "countersign-trial-"));
    const journal = await placed(device.path);
    await slots.switchTo(device.path, "b");
    if (pending !== undefined) await writePending(device.path, pending);
    await writeJournal(journalFile(device.path), { ...journal, phase: "confirmed", release: releaseDigest(statement) });
    const { memory } = await recover(device.path, installer, newborn);
    assert.deepEqual([memory.epochFloor, memory.sequenceFloor], pending === undefined ? [0, 0] : [1, 2]);
    assert.equal(await slots.current(device.path), "b");
  }
});

test("with a damaged journal, a version above the confirmed floor was on trial, and one at the floor was not", async () => {
  for (const [sequenceFloor, runs] of [
    [1, "a"],
    [2, "b"],
  ] as const) {
    await using device = await mkdtempDisposable(join(tmpdir(), "countersign-trial-"));
    await placed(device.path);
    await slots.switchTo(device.path, "b");
    await writeFile(journalFile(device.path), "{");
    await recover(device.path, installer, { ...newborn, sequenceFloor });
    assert.equal(await slots.current(device.path), runs);
  }
});
