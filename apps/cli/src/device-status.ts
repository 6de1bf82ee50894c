// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type DeviceConfig, openDevice } from "@countersign/updater/device";
import { keptEvidence } from "@countersign/updater/evidence";
import { installerNamed } from "@countersign/updater/installers";
import { withLock } from "@countersign/updater/lock";
import { allDenials } from "@countersign/updater/memory";
import { denialAgainst } from "@countersign/updater/report";
import type { Slot, SlotRecord } from "@countersign/updater/slots";
import { openTrustStore } from "@countersign/updater/trust-store";

export interface Held {
  readonly version: string;
  readonly sequence: number;
  readonly epoch: number;
  readonly release: string;
}

/** How a device stands: what it runs and could go back to, and what it will never forget. */
export interface DeviceStatus extends Omit<DeviceConfig, "installer"> {
  readonly running: Held | null;
  readonly previous: Held | null;
  readonly epochFloor: number;
  readonly sequenceFloor: number;
  /** Unix seconds; 0 before the first check. */
  readonly witnessedTime: number;
  readonly denials: number;
  /** The largest checkpoint that was proven, as its note: what others may compare with the ledger that they are shown. Null before the first. */
  readonly checkpoint: string | null;
  /** Files with two checkpoints of the ledger that contradict each other. None on every good day. */
  readonly evidence: readonly string[];
  /** Why what runs was revoked; null where it was not. */
  readonly flagged: string | null;
}

/** Reads a device without asking anyone. Refused as `busy` while an update is at work. */
export async function deviceStatus(directory: string): Promise<Outcome<DeviceStatus>> {
  const device = await openDevice(directory);
  if (!device.ok) return device;
  const { url, product, platform, channel, id, privileges } = device.value;
  const found = installerNamed(device.value.installer);
  if (!found.ok) return found;
  const installer = found.value;
  const recordOf = async (slot: Slot | undefined): Promise<SlotRecord | undefined> => {
    const record = slot && (await installer.recordIn(directory, slot));
    return record?.ok === true ? record.value : undefined;
  };
  const read = await withLock(join(directory, "lock"), 2000, async (): Promise<Outcome<DeviceStatus>> => {
    const store = await openTrustStore(directory);
    if (!store.ok) return store;
    const { epochFloor, sequenceFloor, time, checkpoint } = store.value.memory;
    const evidence = await keptEvidence(directory);
    const current = await recordOf(await installer.current(directory));
    const running = heldAs(current);
    const previous = heldAs(current && (await recordOf(await installer.previous(directory))));
    const flagged = (current && denialAgainst(store.value.memory, current)?.reason) ?? null;
    const memory = { epochFloor, sequenceFloor, witnessedTime: time, denials: allDenials(store.value.memory).length, flagged, checkpoint };
    return accept({ url, product, platform, channel, id, privileges, running, previous, ...memory, evidence });
  });
  return read.ok ? read.value : read;
}

function heldAs(record: SlotRecord | undefined): Held | null {
  if (record === undefined) return null;
  const { version, sequence, epoch, release } = record;
  return { version, sequence, epoch, release };
}
