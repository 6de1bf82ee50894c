// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Outcome } from "@countersign/trust/refusal";
import { Attempt, type Installed, type Progress } from "./attempt.ts";
import { type Device, openDevice } from "./device.ts";
import type { Gate } from "./gate.ts";
import { gates as allGates, lastReadingGate, revocationsGateNumber } from "./gates.ts";
import { type Installer, installerNamed } from "./installers.ts";
import { refuseIoFailure } from "./io-failure.ts";
import { withLock } from "./lock.ts";
import type { Network } from "./network.ts";
import { recover } from "./recovery.ts";
import { Remote } from "./remote.ts";
import { type Ending, type Report, reportOf } from "./report.ts";
import { bundleSource, onlineSource, type Source } from "./source.ts";
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
  /** A bundle, by its file, that everything is read from in place of the network. One of revocations alone is never followed further than gate 6. */
  readonly bundle?: string | undefined;
  /** Another way to the device's mirrors than its own. */
  readonly network?: Network | undefined;
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

  const opened = options.bundle === undefined ? await onlineSource(device, clock, options.network) : await bundleSource(options.bundle);
  if (!opened.ok) return opened;
  using source = opened.value;
  using remote = new Remote(source.mirrors, source.network);

  const kept = { ...store.value, memory: recovered.memory };
  let run = new Attempt(device, installer, installed, kept, remote, began, progress, source.bundled !== false);
  const last = lastGate(until, source);
  let ending = await passGates(run, last, options);
  while (mirrorIsSuspected(run.gate, ending, run.found.unheard) && remote.hasAnother) {
    remote.judged(false);
    run = run.again(); // with what was verified and kept so far: everything else comes from another mirror
    ending = await passGates(run, last, options);
  }
  remote.judged(!mirrorIsSuspected(run.gate, ending, run.found.unheard));
  await source.settle();
  const report = reportOf(run, await installedIn(device, installer), {
    ...ending,
    until: source.bundled === "revocations" ? "revocations" : until,
    recovered,
    healed,
  });
  await writeTrail(device.directory, report);
  return { ok: true, value: report };
}

/** The last gate that is wanted. */
function lastGate(until: UpdateOptions["until"], { bundled }: Source): number {
  if (bundled === "revocations") return revocationsGateNumber;
  return until === "check" ? lastReadingGate : Number.POSITIVE_INFINITY;
}

/** Passes the gates in order, up to the first that says no or that there is nothing further to do. */
async function passGates(run: Attempt, last: number, { gates = allGates }: UpdateOptions): Promise<Pick<Ending, "refusal" | "finished">> {
  run.expectNews();
  for (const gate of gates) {
    if (gate.number > last) break;
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
