// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@countersign/trust/refusal";
import type { Installer } from "./installers.ts";
import { type Journal, type RecoveryStep, readJournal, recoveryStep } from "./journal.ts";
import type { Memory } from "./memory.ts";
import { confirm, endTrial, journalFile, readPending, rollBack, runTrial } from "./trial.ts";

/** What was left of an install that was interrupted, and what became of it. */
export interface Recovered {
  readonly memory: Memory;
  readonly step: RecoveryStep;
  readonly refusal?: Refusal;
}

/**
 * Brings a device that was interrupted at any moment back to rest, before anything else is done: a version on trial is tried and confirmed, or
 * the previous one is put back. An install that had not switched yet is forgotten: the gates are passed again, and the download goes on.
 */
export async function recover(device: string, installer: Installer, memory: Memory): Promise<Recovered> {
  const read = await readJournal(journalFile(device));
  if (!read.ok) {
    await leaveUnconfirmed(device, installer, memory);
    await endTrial(device);
    return { memory, step: "start-over", refusal: read.refusal };
  }
  const step = recoveryStep(read.value, await installer.current(device));
  if (read.value === undefined) return { memory, step };
  return { step, ...(await take(step, device, installer, read.value, memory)) };
}

/** With a damaged journal nothing says that a trial was on. A version above the confirmed floor must be one: what ran before is put back. */
async function leaveUnconfirmed(device: string, installer: Installer, memory: Memory): Promise<void> {
  const slot = await installer.current(device);
  const record = slot && (await installer.recordIn(device, slot));
  if (record?.ok && record.value !== undefined && record.value.sequence > memory.sequenceFloor)
    await installer.switchTo(device, await installer.previous(device));
}

async function take(
  step: RecoveryStep,
  device: string,
  installer: Installer,
  journal: Journal,
  memory: Memory,
): Promise<Omit<Recovered, "step">> {
  switch (step) {
    case "check-health": {
      const pending = await readPending(device, journal);
      const healthy = pending.ok ? await runTrial(device, installer, journal, pending.value) : pending;
      if (healthy.ok) return { memory: await confirm(device, journal, memory) };
      return { memory: await rollBack(device, installer, journal, memory), refusal: healthy.refusal };
    }
    case "roll-back":
    case "record-rollback":
      return { memory: await rollBack(device, installer, journal, memory) };
    case "finish":
      return {
        memory: journal.phase === "confirmed" ? await confirm(device, journal, memory) : await rollBack(device, installer, journal, memory),
      };
    case "nothing":
    case "start-over":
      await endTrial(device);
      return { memory };
  }
}
