// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { removeTree, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";
import { hasShape } from "./shape.ts";
import type { Slot } from "./slots.ts";

/**
 * How far an install has come; each phase is written when its work is done and on disk.
 * `staged`: the new tree is in `slot`. `applied`: `slot` runs, on trial. `confirmed`: it is healthy.
 * `rolled-back`: `previous` runs again.
 */
export type Phase = "staged" | "applied" | "confirmed" | "rolled-back";

const phases: readonly Phase[] = ["staged", "applied", "confirmed", "rolled-back"];

/** The install in progress. There is none when there is no journal. */
export interface Journal {
  readonly phase: Phase;
  /** The release digest (hex). */
  readonly release: string;
  /** Where the new version goes. */
  readonly slot: Slot;
  /** What ran before, absent on a first install. */
  readonly previous?: Slot;
  /** Health checks begun, written before each one: a version that takes the updater down with it cannot have more trials than allowed. */
  readonly attempts: number;
  readonly attemptsAllowed: number;
}

/**
 * What to do first, when an updater starts:
 * `nothing`: no install is in progress. `check-health`: count an attempt, check the version that runs on trial. `roll-back`: switch to what ran before.
 * `record-rollback`: that has been done, so say so. `finish`: report, and clear the journal; if confirmed, raise the epoch first.
 * `start-over`: nothing was switched yet, or journal and device contradict each other; clear the journal and pass the gates anew.
 */
export type RecoveryStep = "nothing" | "check-health" | "roll-back" | "record-rollback" | "finish" | "start-over";

/** The step that continues an install after a crash at any moment, by what was recorded and what runs. It can be taken twice without harm. */
export function recoveryStep(journal: Journal | undefined, current: Slot | undefined): RecoveryStep {
  if (journal === undefined) return "nothing";
  const { phase, slot, previous } = journal;
  if (current !== slot && current !== previous) return "start-over";
  const switched = current === slot;
  switch (phase) {
    case "staged":
      return switched ? trial(journal) : "start-over"; // the crash may have come after the switch, before its record
    case "applied":
      return switched ? trial(journal) : "record-rollback";
    case "confirmed":
      return switched ? "finish" : "start-over";
    case "rolled-back":
      return switched ? "start-over" : "finish";
  }
}

function trial({ attempts, attemptsAllowed }: Journal): RecoveryStep {
  return attempts < attemptsAllowed ? "check-health" : "roll-back";
}

/**
 * The journal at `path`, or `undefined` when there is none. A damaged one is refused as `journal-damaged`: clear it and start over.
 * That forgets the install in progress and nothing else: what runs goes on running, and the floors are kept elsewhere.
 */
export async function readJournal(path: string): Promise<Outcome<Journal | undefined>> {
  try {
    const journal: unknown = JSON.parse(await readFile(path, "utf8"));
    return isJournal(journal) ? accept(journal) : damagedJournal("another document");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return accept(undefined);
    if (error instanceof SyntaxError) return damagedJournal(error.message);
    throw error;
  }
}

export async function writeJournal(path: string, journal: Journal): Promise<void> {
  await writeDurably(path, JSON.stringify(journal));
}

/** Ends the install in progress. */
export async function clearJournal(path: string): Promise<void> {
  await removeTree(path);
}

function damagedJournal(found: string): Outcome<never> {
  return refuse("journal-damaged", "the journal of an install", found, "clear it and check for updates again");
}

function isJournal(value: unknown): value is Journal {
  return (
    hasShape(value, {
      phase: "string",
      release: "string",
      attempts: "number",
      attemptsAllowed: "number",
    }) &&
    phases.some((phase) => phase === value.phase) &&
    [value.attempts, value.attemptsAllowed].every(Number.isSafeInteger) &&
    "slot" in value &&
    isSlot(value.slot) &&
    (!("previous" in value) || isSlot(value.previous))
  );
}

function isSlot(value: unknown): value is Slot {
  return value === "a" || value === "b";
}
