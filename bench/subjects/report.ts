// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** What a subject says of itself when it has done its work. Times are milliseconds of this one run, sizes are bytes. */
export interface SubjectReport {
  /** How long each step took, from when the program was loaded and ready. */
  readonly steps: Readonly<Record<string, number>>;
  /** Processor time of the process for its steps. */
  readonly cpu: number;
  /** The most memory that the process ever had resident. */
  readonly peak: number;
  /** What it had the system write to disk. */
  readonly written: number;
}

/** Times steps and writes the report as the last thing a subject does. */
export class Stopwatch {
  readonly #steps: Record<string, number> = {};
  readonly #cpu = process.cpuUsage();
  readonly #written = writtenBytes();

  async step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.#steps[name] = performance.now() - began;
    return result;
  }

  report(): void {
    const { user, system } = process.cpuUsage(this.#cpu);
    const report: SubjectReport = {
      steps: this.#steps,
      cpu: (user + system) / 1000,
      peak: peakBytes(),
      written: writtenBytes() - this.#written,
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
}

/** Of this program alone: what `getrusage` says begins with the memory of whoever started it. */
function peakBytes(): number {
  return fromProc("status", /^VmHWM:\s+(\d+) kB$/m, 1024) ?? process.resourceUsage().maxRSS * 1024;
}

/** Bytes that went to storage, or will: writes to sockets and pipes are not among them. 0 where the system does not say. */
function writtenBytes(): number {
  return fromProc("io", /^write_bytes: (\d+)$/m, 1) ?? 0;
}

function fromProc(file: string, pattern: RegExp, unit: number): number | undefined {
  try {
    const [, number] = pattern.exec(readFileSync(`/proc/self/${file}`, "utf8")) ?? [];
    return number === undefined ? undefined : Number(number) * unit;
  } catch {
    return undefined; // no Linux: there is no such file
  }
}

/** What a run must not go on without. */
export function must<T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: object }): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.value;
}
