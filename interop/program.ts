// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Answer } from "./implementation.ts";

/** Where other implementations and what they are built from are kept: outside of the tree, and from run to run. */
export const cacheDirectory: string = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "countersign", "interop");

export interface Ended {
  readonly ok: boolean;
  readonly out: string;
  /** The end of what it complained of. */
  readonly complaint: string;
}

/** Building takes minutes at most; whatever takes longer hangs. */
const limitMilliseconds = 30 * 60_000;

/** Runs a program to its end, with some variables more in its environment. A program that is not there is one that failed. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = import.meta.dirname,
  timeout: number = limitMilliseconds,
): Promise<Ended> {
  mkdirSync(cacheDirectory, { recursive: true });
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout,
  });
  const [out, complaints]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString().trim();
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ ok: false, out: "", complaint: error.message }));
    child.on("close", (code) => resolve({ ok: code === 0, out: text(out), complaint: text(complaints).split("\n").slice(-3).join(" ") }));
  });
}

/** Runs a program of ours that answers in one line of JSON for each feature. */
export async function ask(command: string, args: readonly string[]): Promise<readonly Answer[]> {
  const ended = await run(command, args);
  if (!ended.ok) throw new Error(`${command} ${args.join(" ")}: ${ended.complaint}`);
  return ended.out.split("\n").map((line) => JSON.parse(line) as Answer);
}
