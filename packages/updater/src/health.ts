// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import { isErrno } from "./errno.ts";

/** How a release says that it works, from its signed statement. Local only: a backend's bad day must roll nobody back. */
export interface HealthCheck {
  /** A program of the release, by its path in the slot, and its arguments. No shell reads them. */
  readonly command: readonly string[];
  /** What its standard output must contain. */
  readonly expect?: string;
  /** Of one try. */
  readonly timeoutSeconds: number;
  /** Tries in all. */
  readonly attempts: number;
}

const outputLimit = 64 * 1024;
const firstPauseMilliseconds = 250;
const longestPauseMilliseconds = 5000;
/** How long output may still come when the program has ended. */
const drainMilliseconds = 500;

/**
 * Runs a version's own health check in its slot (gate 17). A try that exits with another code than 0 (`health-exit`), prints something else than
 * expected (`health-output`) or takes too long (`health-timeout`) is repeated, with growing pauses. A program that dies by a signal or cannot be
 * started (`health-crash`) is not: a crash loop gains nothing. Whatever a try has started in its process group ends with it.
 */
export async function checkHealth(slotDirectory: string, health: HealthCheck): Promise<Outcome<{ readonly output: string }>> {
  let pause = firstPauseMilliseconds;
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(slotDirectory, health);
    if (outcome.ok || outcome.refusal.code === "health-crash" || attempt >= health.attempts) return outcome;
    await sleep(pause);
    pause = Math.min(pause * 2, longestPauseMilliseconds);
  }
}

async function tryOnce(slotDirectory: string, health: HealthCheck): Promise<Outcome<{ readonly output: string }>> {
  const [program = "", ...options] = health.command;
  if (program === "" || isAbsolute(program) || program.split("/").includes(".."))
    return unhealthy("health-crash", "a program of the release", program);
  const child = spawn(join(slotDirectory, program), options, {
    cwd: slotDirectory,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: homedir(), LANG: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, to be ended as one
  });
  const output = collect(child.stdout);
  const complaints = collect(child.stderr);
  const closed = new Promise((resolve) => child.once("close", resolve));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child.pid);
  }, health.timeoutSeconds * 1000);
  try {
    const [code, signal]: (number | string | null)[] = await once(child, "exit");
    endGroup(child.pid);
    await Promise.race([closed, sleep(drainMilliseconds, undefined, { ref: false })]);
    if (timedOut)
      return unhealthy("health-timeout", `an end within ${health.timeoutSeconds} s`, `still running; ${evidence(output(), complaints())}`);
    if (signal) return unhealthy("health-crash", "an exit", `${signal}; ${evidence(output(), complaints())}`);
    if (code !== 0) return unhealthy("health-exit", "exit code 0", `${code}; ${evidence(output(), complaints())}`);
    if (health.expect !== undefined && !output().includes(health.expect))
      return unhealthy("health-output", health.expect, evidence(output(), complaints()));
    return accept({ output: output() });
  } catch (error) {
    return unhealthy("health-crash", "a program that starts", String(error)); // ENOENT, EACCES, ENOEXEC, ...
  } finally {
    clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** Reads all, keeps the first 64 KiB. */
function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let left = outputLimit;
  stream.on("data", (chunk: Buffer) => {
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if (!isErrno(error, "ESRCH", "EPERM")) throw error; // they have all ended by themselves; macOS says EPERM of the leader's remains
  }
}

function evidence(output: string, complaints: string): string {
  return `it said ${JSON.stringify((output + complaints).slice(-500))}`;
}

function unhealthy(code: string, expected: string, found: string): { readonly ok: false; readonly refusal: Refusal } {
  return refuse(code, expected, found, "the previous version is put back; correct the release and ship it as a new one");
}
