// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Outcome } from "@countersign/trust/refusal";
import type { Report } from "@countersign/updater/report";
import type { Strike } from "./attack.ts";

/** A device under attack: a copy, so that each try finds it as it was. */
export interface Victim {
  readonly directory: string;
  /** What it said when it ended; undefined where it was still busy when patience ran out. */
  readonly report: Report | undefined;
}

/** What a device is led into. */
export interface Lure {
  /** Where it is told to look: the attacker's mirror. */
  readonly url: string;
  /** When all this happens, Unix milliseconds; by the clock of this machine, unless told. */
  readonly kept?: number;
  readonly until?: "check" | "install";
  /** A bundle that everything is read from, in place of what is at `url`. */
  readonly bundle?: string;
  /** By how much the attacker has put the clock of its process wrong, from `kept`. */
  readonly clockShiftSeconds?: number;
  /** Ends a device that would go on for ever. */
  readonly giveUp?: AbortSignal;
}

let copies = 0;

/** Copies a device, points it at `url`, and runs its process once. */
export async function victimOf(device: string, lure: Lure, without: readonly string[]): Promise<Victim> {
  const directory = `${device}-victim-${++copies}`;
  await cp(device, directory, { recursive: true, verbatimSymlinks: true });
  const file = join(directory, "device.json");
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), url: lure.url }));
  return { directory, report: await runDevice(directory, lure, without) };
}

/** Looks at a device after a try, and says in words what it sees; undefined where there is nothing of the kind to see. */
export type Look = (victim: Victim) => Promise<string | undefined>;

/** A defence that refuses nothing, and is seen by what the device does instead. */
export interface QuietDefence {
  readonly check: string;
  readonly at: string;
  readonly seen: Look;
}

/** Tries once and cleans up. `proof` is how success shows. */
export async function strikeDevice(
  device: string,
  lure: Lure,
  without: readonly string[],
  proof: Look,
  quiet?: QuietDefence,
): Promise<Strike> {
  const victim = await victimOf(device, lure, without);
  try {
    const evidence = await proof(victim);
    if (evidence !== undefined) return { succeeded: true, evidence };
    const defended = await quiet?.seen(victim);
    if (quiet === undefined || defended === undefined) return refusedBy(victim);
    return { succeeded: false, check: quiet.check, at: quiet.at, evidence: defended };
  } finally {
    await rm(victim.directory, { recursive: true });
  }
}

function refusedBy({ report }: Victim): Strike {
  if (report === undefined) return { succeeded: false, evidence: "the device was still busy" };
  const said = report.trail.findLast(({ refusal }) => refusal !== undefined);
  if (said === undefined || report.refusal === undefined) return { succeeded: false, evidence: `the device says: ${report.result}` };
  return { succeeded: false, check: said.check, at: `gate ${said.gate}`, evidence: `expected ${said.expected}; found ${said.found}` };
}

async function runDevice(directory: string, lure: Lure, without: readonly string[]): Promise<Report | undefined> {
  const { until = "install", bundle = "", kept, clockShiftSeconds = 0, giveUp } = lure;
  const clock = kept === undefined ? [] : ["--import", import.meta.resolve("@countersign/attacks/lab/shifted-clock")];
  const device = fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-device"));
  const begins = Math.round(kept ?? 0) + clockShiftSeconds * 1000;
  const child = spawn(process.execPath, [...clock, device, directory, until, bundle, ...without], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ATTACK_CLOCK_BEGINS: String(begins) },
  });
  const said: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => said.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => complaints.push(bytes));
  giveUp?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
  const [code] = await once(child, "close");
  if (giveUp?.aborted) return undefined;
  if (code !== 0) throw new Error(`the device ended with ${code}: ${Buffer.concat(complaints)}`);
  const outcome = JSON.parse(Buffer.concat(said).toString()) as Outcome<Report>;
  if (!outcome.ok) throw new Error(`the device did not begin: ${outcome.refusal.code}: ${outcome.refusal.found}`);
  return outcome.value;
}

/** What the program says that runs on a device now, by running it; undefined where nothing is installed. */
async function programSays(directory: string, program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(join(directory, "current", "bin", program));
    return stdout.trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Proof that a program runs on the device: its own words. */
export function runs(program: string, words: string): Look {
  return async ({ directory }) => {
    const said = await programSays(directory, program);
    return said === words ? `the device runs it, and it says: ${said}` : undefined;
  };
}

/** Proof that the device holds a document for the newest of its kind: these very bytes are in its trust store. */
export function believes(role: string, bytes: Uint8Array): Look {
  return async ({ directory, report }) => {
    const held = await readFile(join(directory, "trust", `${role}.json`)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    return report?.refusal === undefined && held?.equals(bytes) === true
      ? `the device believes it, and says that it is ${report?.result}`
      : undefined;
  };
}
