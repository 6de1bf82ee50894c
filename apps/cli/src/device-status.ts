// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type DeviceConfig, openDevice } from "@countersign/updater/device";
import { installerNamed } from "@countersign/updater/installers";
import { withLock } from "@countersign/updater/lock";
import { allDenials } from "@countersign/updater/memory";
import { denialByDigest } from "@countersign/updater/report";
import type { Slot } from "@countersign/updater/slots";
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
  const held = async (slot: Slot | undefined): Promise<Held | null> => {
    const record = slot && (await installer.recordIn(directory, slot));
    if (record?.ok !== true || record.value === undefined) return null;
    const { version, sequence, epoch, release } = record.value;
    return { version, sequence, epoch, release };
  };
  const read = await withLock(join(directory, "lock"), 2000, async (): Promise<Outcome<DeviceStatus>> => {
    const store = await openTrustStore(directory);
    if (!store.ok) return store;
    const { epochFloor, sequenceFloor, time } = store.value.memory;
    const running = await held(await installer.current(directory));
    const previous = running && (await held(await installer.previous(directory)));
    const flagged = (running && denialByDigest(store.value.memory, running.release)?.reason) ?? null;
    const memory = { epochFloor, sequenceFloor, witnessedTime: time, denials: allDenials(store.value.memory).length, flagged };
    return accept({ url, product, platform, channel, id, privileges, running, previous, ...memory });
  });
  return read.ok ? read.value : read;
}
