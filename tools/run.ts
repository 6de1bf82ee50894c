// SPDX-License-Identifier: Apache-2.0
import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { root } from "./sources.ts";

/** Runs a program in the foreground, passes on a request to end, and answers its exit code as a shell would. */
export async function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGTERM", forward).on("SIGHUP", forward);
  const [code, signal] = await once(child, "exit");
  process.off("SIGTERM", forward).off("SIGHUP", forward);
  return code ?? 128 + constants.signals[signal as NodeJS.Signals];
}
