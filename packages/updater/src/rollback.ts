// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { type Device, openDevice } from "./device.ts";
import { type Installer, installerNamed } from "./installers.ts";
import { type Journal, writeJournal } from "./journal.ts";
import { withLock } from "./lock.ts";
import type { Memory } from "./memory.ts";
import { recover } from "./recovery.ts";
import { denialAgainst } from "./report.ts";
import type { Slot, SlotRecord } from "./slots.ts";
import { verifyTree } from "./tree.ts";
import { journalFile, rollBack } from "./trial.ts";
import { openTrustStore } from "./trust-store.ts";

/** The version that ran, and the one that runs again. */
export interface RolledBack {
  readonly from: SlotRecord;
  readonly to: SlotRecord;
}

/**
 * Puts the previous version back, because its operator says so. It needs no network and passes no new bytes: the slot holds what the gates once
 * let in, and it is checked again, file by file. Refused where there is none, where it was left before (it is newer, or was ever unwell here), where
 * its epoch is below the floor, and where it, its build, a builder or an approval was revoked. The version that is left counts as unwell and does not
 * come back by itself. A crash at any moment leaves either version running.
 */
export async function rollback(directory: string, waitMilliseconds = 30_000): Promise<Outcome<RolledBack>> {
  const device = await openDevice(directory);
  if (!device.ok) return device;
  const installer = installerNamed(device.value.installer);
  if (!installer.ok) return installer;
  const locked = await withLock(join(directory, "lock"), waitMilliseconds, () => goBack(device.value, installer.value));
  return locked.ok ? locked.value : locked;
}

async function goBack({ directory }: Device, installer: Installer): Promise<Outcome<RolledBack>> {
  const store = await openTrustStore(directory);
  if (!store.ok) return store;
  const { memory } = await recover(directory, installer, store.value.memory);
  const from = await heldIn(directory, installer, await installer.current(directory));
  if (!from.ok) return from;
  const to = await heldIn(directory, installer, await installer.previous(directory));
  if (!to.ok) return to;
  const refusal =
    standing(to.value.record, from.value.record, memory) ??
    (await verifyTree(installer.slotOf(directory, to.value.slot), to.value.record.manifest));
  if (refusal !== undefined) return { ok: false, refusal };

  // Like a trial that has no attempt left: whoever comes after a crash rolls back too.
  const trial = { slot: from.value.slot, previous: to.value.slot, attempts: 1, attemptsAllowed: 1 };
  const failed: Journal = { phase: "applied", release: from.value.record.release, ...trial };
  await writeJournal(journalFile(directory), failed);
  await rollBack(directory, installer, failed, memory);
  return { ok: true, value: { from: from.value.record, to: to.value.record } };
}

async function heldIn(
  directory: string,
  installer: Installer,
  slot: Slot | undefined,
): Promise<Outcome<{ readonly slot: Slot; readonly record: SlotRecord }>> {
  const record = slot && (await installer.recordIn(directory, slot));
  if (record?.ok === false) return record;
  if (slot !== undefined && record?.value !== undefined) return { ok: true, value: { slot, record: record.value } };
  return refuse(
    "no-previous-version",
    "a version that runs and one before it",
    "nothing to go back to",
    "Install with: countersign device install --dir DIRECTORY",
  );
}

function standing(record: SlotRecord, running: SlotRecord, memory: Memory): ReturnType<typeof refuse>["refusal"] | undefined {
  const { epoch, release, sequence, version } = record;
  if (epoch < memory.epochFloor)
    return refuse(
      "below-epoch-floor",
      `epoch ${memory.epochFloor} or later`,
      `epoch ${epoch}`,
      "This device will never run it again; wait for a release that is well, and install that.",
    ).refusal;
  const denial = denialAgainst(memory, record);
  if (denial !== undefined)
    return refuse("revoked", "a version that was not stopped", denial.reason, "Wait for a recall order or a new release.").refusal;
  if (sequence <= running.sequence && !Object.hasOwn(memory.unwell, release)) return undefined;
  return refuse(
    "no-previous-version",
    `a version before ${running.version} that was well here`,
    `${version}, which ${sequence > running.sequence ? "is newer" : "was unwell"}`,
    "What was left is not gone back to; wait for a release that is well, and install that.",
  ).refusal;
}
