// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Outcome } from "@countersign/trust/refusal";
import { Attempt, type Installed, type Progress } from "./attempt.ts";
import { type Device, networkSettings, openDevice } from "./device.ts";
import type { Gate } from "./gate.ts";
import { gates as allGates, lastReadingGate } from "./gates.ts";
import { type Installer, installerNamed } from "./installers.ts";
import { refuseIoFailure } from "./io-failure.ts";
import { withLock } from "./lock.ts";
import { readMirrorHealth, writeMirrorHealth } from "./mirror-health.ts";
import { Mirrors } from "./mirrors.ts";
import { network } from "./network.ts";
import { recover } from "./recovery.ts";
import { Remote } from "./remote.ts";
import { type Ending, type Report, reportOf } from "./report.ts";
import { mirrorIsSuspected } from "./suspicion.ts";
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
 * Passes the gates in order, and installs if asked to; where a mirror serves what is refused, once more with another. Wrong input never throws past a gate and never loses the running version;
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
    return refuseIoFailure(error, directory); // it may come at any write; the next attempt goes on from what is on disk
  }
}

async function attempt(device: Device, installer: Installer, options: UpdateOptions): Promise<Outcome<Report>> {
  const { until, clock = Date.now, progress = () => undefined } = options;
  const began = clock();
  const store = await openTrustStore(device.directory);
  if (!store.ok) return store;
  const { healed } = store.value;
  const recovered = await recover(device.directory, installer, store.value.memory);
  const installed = await installedIn(device, installer);

  const settings = await networkSettings(device);
  if (!settings.ok) return settings;
  const health = await readMirrorHealth(device.directory);
  const mirrors = new Mirrors([device.url, ...(device.mirrors ?? [])], clock, health);
  using way = network(settings.value);
  using remote = new Remote(mirrors, way);

  let run = new Attempt(device, installer, installed, { ...store.value, memory: recovered.memory }, remote, began, progress);
  let ending = await passGates(run, options);
  while (mirrorIsSuspected(run.gate, ending, run.found.unheard) && remote.hasAnother) {
    remote.judged(false);
    run = run.again(); // with what was verified and kept so far: everything else comes from another mirror
    ending = await passGates(run, options);
  }
  remote.judged(!mirrorIsSuspected(run.gate, ending, run.found.unheard));
  await writeMirrorHealth(device.directory, health, mirrors.health);
  const report = reportOf(run, await installedIn(device, installer), { ...ending, until, recovered, healed });
  await writeTrail(device.directory, report);
  return { ok: true, value: report };
}

/** Passes the gates in order, up to the first that says no or that there is nothing further to do. */
async function passGates(run: Attempt, { until, gates = allGates }: UpdateOptions): Promise<Pick<Ending, "refusal" | "finished">> {
  run.expectNews();
  for (const gate of gates) {
    if (until === "check" && gate.number > lastReadingGate) break;
    run.enter(gate.number, gate.name);
    const passed = await gate.pass(run, gate.checks);
    if (!passed.ok) return { refusal: passed.refusal, finished: false };
    if (passed.value === "done") return { refusal: undefined, finished: true };
  }
  return { refusal: undefined, finished: false };
}

async function installedIn(device: Device, installer: Installer): Promise<Installed | undefined> {
  const slot = await installer.current(device.directory);
  if (slot === undefined) return undefined;
  const record = await installer.recordIn(device.directory, slot);
  return record.ok && record.value !== undefined ? { slot, record: record.value } : undefined;
}
