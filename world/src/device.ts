// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Outcome } from "@countersign/trust/refusal";
import type { Progress } from "@countersign/updater/attempt";
import type { Report } from "@countersign/updater/report";

/** Runs a device's updater once, as a process of its own that ends with this one, and answers its report. */
export async function runDevice(
  directory: string,
  until: "check" | "install",
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Outcome<Report>> {
  const child = fork(fileURLToPath(import.meta.resolve("@countersign/world/device-process")), [directory, until], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  child.on("message", (progress) => onProgress(progress as Progress));
  const [out, complaints] = await Promise.all([read(child.stdout), read(child.stderr)]);
  if (out === "") throw new Error(`the device ended without a report: ${complaints}`);
  return JSON.parse(out) as Outcome<Report>;
}

async function read(stream: Readable | null): Promise<string> {
  return stream === null ? "" : text(stream);
}
