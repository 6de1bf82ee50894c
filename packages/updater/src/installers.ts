// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { current, place, prepare, previous, recordIn, type Slot, type SlotRecord, slotOf, switchTo } from "./slots.ts";

/**
 * A way to have two versions on a device and to switch between them in one step. `device` names the device's directory, whose lock the caller holds.
 * The order of an install: `prepare`, unpack into what it returned, `place`, `switchTo`; a rollback is `switchTo` the `previous` slot.
 */
export interface Installer {
  readonly name: string;
  /** Makes room for a new version without touching the one that runs; returns an empty private directory to unpack into. */
  prepare(device: string): Promise<string>;
  /** Moves that directory into the inactive slot, and returns which one that is. */
  place(device: string, staging: string, record: SlotRecord): Promise<Slot>;
  /** Makes a slot the running one, or none. After a crash at any moment the old one runs or the new one. */
  switchTo(device: string, slot: Slot | undefined): Promise<void>;
  /** The slot that runs. */
  current(device: string): Promise<Slot | undefined>;
  /** The slot to roll back to. */
  previous(device: string): Promise<Slot | undefined>;
  /** The tree of a slot. */
  slotOf(device: string, slot: Slot): string;
  /** What a slot holds. */
  recordIn(device: string, slot: Slot): Promise<Outcome<SlotRecord | undefined>>;
}

/** Two directories and a symbolic link: for programs on any POSIX system. */
const directory: Installer = { name: "directory", prepare, place, switchTo, current, previous, slotOf, recordIn };

/** The list of installers. */
export const installers: readonly Installer[] = [directory];

/** The installer that a device is configured for. */
export function installerNamed(name: string): Outcome<Installer> {
  const installer = installers.find((candidate) => candidate.name === name);
  if (installer !== undefined) return accept(installer);
  return refuse(
    "unknown-installer",
    installers.map((known) => known.name).join(" or "),
    name,
    "correct the installer in the device's configuration",
  );
}
