// SPDX-License-Identifier: Apache-2.0
// The real program, run as people and pipelines run it, for the tests of this room.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

/** What a run printed, and how it ended. */
export interface Transcript {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `countersign` in a directory, without a terminal. */
export async function countersign(cwd: string, ...args: readonly string[]): Promise<Transcript> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, stdout, stderr };
}

/** The same, with `--json`, and what it printed read; it has to succeed. */
export async function countersignJson<T>(cwd: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await countersign(cwd, ...args, "--json");
  if (code !== 0 || stderr !== "" || stdout.trim().includes("\n")) throw new Error(`one JSON object was expected, not: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** Runs it while its person does something with each page whose address it prints. */
export async function countersignOnPage(
  cwd: string,
  person: (url: string) => Promise<void>,
  ...args: readonly string[]
): Promise<Transcript> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, ended] = [text(child.stdout), once(child, "exit")];
  const rest: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const [url] = /http:\/\/localhost:\d+\/\S+/.exec(line) ?? [];
    if (url === undefined) rest.push(line);
    else await person(url);
  }
  const [code] = await ended;
  return { code, stdout: await stdout, stderr: rest.join("\n") };
}
