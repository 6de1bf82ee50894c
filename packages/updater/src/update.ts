// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import { Attempt, type Installed, type Progress } from "./attempt.ts";
import { type Device, openDevice } from "./device.ts";
import { refuseDiskFull } from "./disk-full.ts";
import type { Gate } from "./gate.ts";
import { gates as allGates, lastReadingGate } from "./gates.ts";
import { type Installer, installerNamed } from "./installers.ts";
import { withLock } from "./lock.ts";
import { recover } from "./recovery.ts";
import { type Report, reportOf } from "./report.ts";
import { writeTrail } from "./trail.ts";
import { openTrustStore } from "./trust-store.ts";

export interface UpdateOptions {
  /** `check` stops after the gates that only read; `install` passes all. */
  readonly until: "check" | "install";
  readonly clock?: () => number;
  readonly progress?: (progress: Progress) => void;
  /** The list of gates; there is no reason to give another one than the list of this package. */
  readonly gates?: readonly Gate[];
  /** How long to wait for another updater of the same device, in milliseconds. */
  readonly waitMilliseconds?: number;
}

/**
 * Passes the gates in order, once, and installs if asked to. Wrong input never throws past a gate and never loses the running version;
 * a second updater on the same device waits, and is then refused as `busy`.
 */
export async function update(directory: string, options: UpdateOptions): Promise<Outcome<Report>> {
  const device = await openDevice(directory);
  if (!device.ok) return device;
  const installer = installerNamed(device.value.installer);
  if (!installer.ok) return installer;
  try {
    const locked = await withLock(join(directory, "lock"), options.waitMilliseconds ?? 30_000, () =>
      attempt(device.value, installer.value, options),
    );
    return locked.ok ? locked.value : locked;
  } catch (error) {
    return refuseDiskFull(error); // it may run full at any write; the next attempt goes on from what is on disk
  }
}

async function attempt(device: Device, installer: Installer, options: UpdateOptions): Promise<Outcome<Report>> {
  const { until, clock = Date.now, progress = () => undefined, gates = allGates } = options;
  const store = await openTrustStore(device.directory);
  if (!store.ok) return store;
  const recovered = await recover(device.directory, installer, store.value.memory);
  const run = new Attempt(
    device,
    installer,
    await installedIn(device, installer),
    { ...store.value, memory: recovered.memory },
    clock,
    progress,
  );

  let refusal: Refusal | undefined;
  let finished = false;
  for (const gate of gates) {
    if (until === "check" && gate.number > lastReadingGate) break;
    run.enter(gate.number, gate.name);
    const passed = await gate.pass(run, gate.checks);
    if (!passed.ok) refusal = passed.refusal;
    finished = passed.ok && passed.value === "done";
    if (refusal !== undefined || finished) break;
  }
  const report = reportOf(run, await installedIn(device, installer), { refusal, finished, until, recovered, healed: store.value.healed });
  await writeTrail(device.directory, report);
  return { ok: true, value: report };
}

async function installedIn(device: Device, installer: Installer): Promise<Installed | undefined> {
  const slot = await installer.current(device.directory);
  if (slot === undefined) return undefined;
  const record = await installer.recordIn(device.directory, slot);
  return record.ok && record.value !== undefined ? { slot, record: record.value } : undefined;
}
