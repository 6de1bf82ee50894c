// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signConfig } from "@countersign/world/duty-configs";
import type { Strike } from "./attack.ts";
import type { Lab } from "./lab.ts";
import { startLyingGovern } from "./lying-govern.ts";
import type { TrojanRelease } from "./trojan-release.ts";

let signers = 0;

/** Lets the signer `holder`, a process with its own key, be asked by a lying govern; success is a signature. Its record is empty, or a copy of this one. */
export async function strikeSigner(
  lab: Pick<Lab, "project" | "scratch">,
  holder: string,
  store: string,
  release: Pick<TrojanRelease, "entry" | "channel">,
  without: readonly string[],
  record?: string,
): Promise<Strike> {
  const state = newRecord(lab, holder);
  if (record !== undefined) for (const part of ["", "-wal", "-shm"]) await copyIfThere(`${record}${part}`, `${state}${part}`);
  return askSigner(lab, holder, store, release, without, state);
}

/** A file for a record that a signer begins. */
export function newRecord({ scratch }: Pick<Lab, "scratch">, holder: string): string {
  return join(scratch, `${holder}-${++signers}.sqlite`);
}

/** The same with the record at `state`, in which it remembers what it signs. */
export async function askSigner(
  { project }: Pick<Lab, "project">,
  holder: string,
  store: string,
  release: Pick<TrojanRelease, "entry" | "channel">,
  without: readonly string[],
  state: string,
): Promise<Strike> {
  await using govern = await startLyingGovern(release);
  const config = { ...(await signConfig(project, holder, govern.url, store)), state };
  await writeFile(`${state}.json`, JSON.stringify(config));
  const child = fork(fileURLToPath(import.meta.resolve("@countersign/attacks/lab/weakened-signer")), [`${state}.json`, ...without], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const said: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const ended = once(child, "close");
  const strike = await Promise.race([govern.answer, ended.then(() => undefined)]);
  child.kill();
  await ended;
  if (strike === undefined) throw new Error(`the signer ended before it answered: ${said.join("")}`);
  return strike;
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
