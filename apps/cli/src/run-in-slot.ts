// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { resolve, sep } from "node:path";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { openDevice } from "@countersign/updater/device";
import { installerNamed } from "@countersign/updater/installers";

/** Runs a program of the version that is installed now, in the foreground, and answers its exit code as a shell would. */
export async function runInSlot(directory: string, program: string, args: readonly string[]): Promise<Outcome<number>> {
  const device = await openDevice(directory);
  if (!device.ok) return device;
  const installer = installerNamed(device.value.installer);
  if (!installer.ok) return installer;
  const slot = await installer.value.current(directory);
  if (slot === undefined)
    return refuse("nothing-installed", "an installed version", directory, `Run: countersign device install --dir ${directory}`);
  const tree = resolve(installer.value.slotOf(directory, slot)); // the slot itself, so that a switch meanwhile mixes nothing
  const file = resolve(tree, program);
  const remedy = "Name a program by its path in the release, such as bin/app.";
  if (!file.startsWith(tree + sep)) return refuse("not-in-release", `a program in ${tree}`, program, remedy);
  try {
    const child = spawn(file, args, { stdio: "inherit" });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return accept(code ?? 128 + constants.signals[signal ?? "SIGTERM"]);
  } catch (error) {
    return refuse("not-runnable", `a program that starts`, error instanceof Error ? error.message : String(error), remedy);
  }
}
