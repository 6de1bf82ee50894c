// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "./repositories/cached.ts";
import type { SubjectReport } from "./subjects/report.ts";

/** Kept between processes, so that none of them strips types from our sources, which what is published does not do either. */
const compiled = join(cacheDirectory, "compiled");

/** A directory for CPU profiles, one a process, where somebody asks why a figure is missed; measuring takes time itself, so figures are none then. */
const profiles = process.env["BENCH_PROFILES"];
const profiling = profiles === undefined ? [] : ["--cpu-prof", "--cpu-prof-interval=200", `--cpu-prof-dir=${profiles}`];

/** Runs a subject once, in a process of its own. A string says why there is no report: it took too long, or what it complained of. */
export function runSubject(name: string, args: readonly string[], limitSeconds: number): Promise<SubjectReport | string> {
  const file = fileURLToPath(import.meta.resolve(`./subjects/${name}.ts`));
  const child = spawn(process.execPath, [...profiling, file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const out: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitSeconds * 1000);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      if (late) resolve(`not done in ${limitSeconds} s`);
      else if (code === 0) resolve(JSON.parse(Buffer.concat(out).toString()) as SubjectReport);
      else resolve(complaint(Buffer.concat(complaints).toString()));
    });
  });
}

/** The line that says what was wrong. */
function complaint(text: string): string {
  return text.split("\n").find((line) => /Error|ERR_/.test(line)) ?? text.slice(0, 200);
}
