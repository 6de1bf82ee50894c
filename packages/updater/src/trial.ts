// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { servedBytes } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { isDigest } from "@countersign/trust/digest";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { releaseDigest, type Statement, statement } from "@countersign/trust/release/statement";
import { removeTree, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";
import { checkHealth } from "./health.ts";
import type { Installer } from "./installers.ts";
import { clearJournal, type Journal, writeJournal } from "./journal.ts";
import type { Memory } from "./memory.ts";
import { saveTrustStore } from "./trust-store.ts";

// A new version runs on trial until its health check has passed. These are the moves of a trial, one durable step each, so that the gates
// and the recovery from a crash make the same ones.

export function journalFile(device: string): string {
  return join(device, "journal.json");
}

function pendingFile(device: string): string {
  return join(device, "pending.json");
}

/** Keeps the statement of the release on trial: after a crash, recovery needs to know how to check its health. */
export async function writePending(device: string, pending: Statement): Promise<void> {
  await writeDurably(pendingFile(device), servedBytes(pending));
}

/** The statement of the release on trial; refused if it is missing or not the one that the journal names. */
export async function readPending(device: string, journal: Journal): Promise<Outcome<Statement>> {
  const bytes = await readFile(pendingFile(device)).catch(absent);
  const read = bytes && decodeBytes(statement, bytes, "pending.json");
  if (read?.ok && releaseDigest(read.value) === journal.release) return read;
  const found = read === undefined ? "no such file" : read.ok ? releaseDigest(read.value) : read.refusal.found;
  return refuse("journal-damaged", journal.release, found, "The trial cannot be continued; the previous version is put back.");
}

function absent(error: unknown): undefined {
  if (!isErrno(error, "ENOENT")) throw error;
}

/** Makes the staged slot the running one. What ran before stays where it is. */
export async function beginTrial(device: string, installer: Installer, journal: Journal): Promise<Journal> {
  await installer.switchTo(device, journal.slot);
  const applied: Journal = { ...journal, phase: "applied" };
  await recordOrLeave(device, installer, applied);
  return applied;
}

/** Writes down where a trial stands. Where that cannot be done, on a full disk for instance, nothing may run on trial: the previous version does. */
async function recordOrLeave(device: string, installer: Installer, journal: Journal): Promise<void> {
  try {
    await writeJournal(journalFile(device), journal);
  } catch (error) {
    await installer.switchTo(device, journal.previous);
    await clearJournal(journalFile(device)); // what a disk did is not held against the version
    throw error;
  }
}

/** Runs the new version's health check; the attempt is counted before it begins, so that a crash loop ends. */
export async function runTrial(
  device: string,
  installer: Installer,
  journal: Journal,
  { health }: Statement,
): Promise<Outcome<{ readonly output: string }>> {
  await recordOrLeave(device, installer, { ...journal, phase: "applied", attempts: journal.attempts + 1 });
  const { expect, ...rest } = health;
  return checkHealth(installer.slotOf(device, journal.slot), expect === null ? rest : { ...rest, expect });
}

/**
 * The new version is well: raise the floors, then forget the trial. They rise to what its statement says, which its digest vouches for; the journal, where
 * a flipped bit shows nowhere, holds no such number. Without the statement they stay as they are.
 */
export async function confirm(device: string, journal: Journal, memory: Memory): Promise<Memory> {
  await writeJournal(journalFile(device), { ...journal, phase: "confirmed" });
  const confirmed = await readPending(device, journal);
  const { epoch, sequence } = confirmed.ok ? confirmed.value : { epoch: 0, sequence: 0 };
  const raised: Memory = {
    ...memory,
    epochFloor: Math.max(memory.epochFloor, epoch),
    sequenceFloor: Math.max(memory.sequenceFloor, sequence),
  };
  await saveTrustStore(device, {}, raised);
  await endTrial(device);
  return raised;
}

/** The new version is unwell: put the previous one back, and remember not to try this one again. */
export async function rollBack(device: string, installer: Installer, journal: Journal, memory: Memory): Promise<Memory> {
  await installer.switchTo(device, journal.previous);
  await writeJournal(journalFile(device), { ...journal, phase: "rolled-back" });
  const wiser: Memory = isDigest(journal.release) ? { ...memory, unwell: { ...memory.unwell, [journal.release]: memory.time } } : memory;
  await saveTrustStore(device, {}, wiser);
  await endTrial(device);
  return wiser;
}

export async function endTrial(device: string): Promise<void> {
  await clearJournal(journalFile(device));
  await removeTree(pendingFile(device));
}
