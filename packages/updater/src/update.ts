// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import { type Denial, denialOf } from "@countersign/trust/revocation/list";
import { Attempt, type GateVerdict, type Installed, type Progress } from "./attempt.ts";
import { type Device, openDevice } from "./device.ts";
import { refuseDiskFull } from "./disk-full.ts";
import type { Gate } from "./gate.ts";
import { gates as allGates, lastReadingGate } from "./gates.ts";
import { type Installer, installerNamed } from "./installers.ts";
import { withLock } from "./lock.ts";
import { type Recovered, recover } from "./recovery.ts";
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

/** How an attempt ended, with the whole trail. */
export interface Report {
  /** `unwell`: the new version failed its health check, and the previous one runs again. */
  readonly result: "current" | "available" | "installed" | "refused" | "unwell";
  readonly running: { readonly version: string; readonly sequence: number; readonly release: string } | undefined;
  readonly offered:
    | { readonly version: string; readonly sequence: number; readonly release: string; readonly reason: "newer" | "recalled" }
    | undefined;
  readonly refusal: Refusal | undefined;
  /** The denial that names the running version: it is flagged, and goes on running until an order recalls it. */
  readonly flagged: Denial | undefined;
  readonly recovered: Recovered["step"];
  readonly healed: readonly string[];
  readonly trail: readonly GateVerdict[];
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
  const report = await reportOf(run, installer, { refusal, finished, until, recovered, healed: store.value.healed });
  await writeTrail(device.directory, report);
  return { ok: true, value: report };
}

interface Ending {
  readonly refusal: Refusal | undefined;
  readonly finished: boolean;
  readonly until: UpdateOptions["until"];
  readonly recovered: Recovered;
  readonly healed: readonly string[];
}

async function reportOf(run: Attempt, installer: Installer, { refusal, finished, until, recovered, healed }: Ending): Promise<Report> {
  const running = await installedIn(run.device, installer);
  const { release, reason } = run.found.choice ?? { release: undefined, reason: "current" };
  const entry = run.found.head?.releases.find((candidate) => candidate.digest === running?.record.release);
  const unwell = refusal?.code.startsWith("health-");
  return {
    result: unwell ? "unwell" : refusal !== undefined ? "refused" : finished ? "current" : until === "check" ? "available" : "installed",
    running: running && { version: running.record.version, sequence: running.record.sequence, release: running.record.release },
    offered:
      release && reason !== "current"
        ? { version: release.body.version, sequence: release.body.sequence, release: release.digest, reason }
        : undefined,
    refusal,
    flagged: entry && denialOf(entry, run.memory.denials, run.memory.time),
    recovered: recovered.step,
    healed,
    trail: run.trail,
  };
}

async function installedIn(device: Device, installer: Installer): Promise<Installed | undefined> {
  const slot = await installer.current(device.directory);
  if (slot === undefined) return undefined;
  const record = await installer.recordIn(device.directory, slot);
  return record.ok && record.value !== undefined ? { slot, record: record.value } : undefined;
}
