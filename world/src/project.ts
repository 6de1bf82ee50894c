// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { EncryptedFilePlace } from "@countersign/custody/encrypted-file";
import { KeyRefused } from "@countersign/custody/outcome";
import type { KeyPlace } from "@countersign/custody/place";
import { parseReference } from "@countersign/custody/reference";
import { closed, type Decoder, decode, integer, record, text } from "@countersign/trust/decode";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { type Plan, plan } from "./plan.ts";

/**
 * A product's own directory on one machine: `countersign.json` is the plan, `root.json` the trust anchor, `store/` what is served,
 * `duties/<holder>/` what each process holds, `people/<name>/` each person's key. In production each of these is another machine's.
 */
export interface Project {
  readonly directory: string;
  readonly plan: Plan;
}

/** Where the processes of a project answer, while they are up. */
export interface Running {
  readonly pid: number;
  readonly govern: string;
  readonly distribute: string;
  readonly ledger: string;
  readonly publish: string;
  readonly observe: string;
  /** The CI platforms of the project, by the names under which they issue tokens. */
  readonly platforms: Readonly<Record<string, string>>;
  /** Who certifies the keys of each builder. */
  readonly issuers: Readonly<Record<string, string>>;
  readonly revokers: Readonly<Record<string, string>>;
}

const running: Decoder<Running> = closed<Running>({
  pid: integer(1),
  govern: text,
  distribute: text,
  ledger: text,
  publish: text,
  observe: text,
  platforms: record(text, text),
  issuers: record(text, text),
  revokers: record(text, text),
});

export function storeDirectory({ directory }: Pick<Project, "directory">): string {
  return join(directory, "store");
}

export function anchorFile({ directory }: Pick<Project, "directory">): string {
  return join(directory, "root.json");
}

export function dutyDirectory({ directory }: Pick<Project, "directory">, holder: string): string {
  return join(directory, "duties", holder);
}

export function personDirectory({ directory }: Pick<Project, "directory">, person: string): string {
  return join(directory, "people", person);
}

/** The public halves of a person's passkeys. */
export function passkeysDirectory(project: Pick<Project, "directory">, person: string): string {
  return join(personDirectory(project, person), "passkeys");
}

/** A key on its file, with the file that unlocks it. */
export function keyIn(directory: string): EncryptedFilePlace {
  return { custody: "encrypted-file", keyFile: join(directory, "key.json"), passphraseFile: join(directory, "passphrase") };
}

/** Where the key of a directory is opened: there, or where a reference in its place says. */
export function placeIn(directory: string): KeyPlace {
  const own = keyIn(directory);
  const reference = parseReference(readFileSync(own.keyFile, "utf8"), own.keyFile);
  if (!reference.ok) throw new KeyRefused(reference.refusal);
  return reference.value?.place ?? own;
}

/** Opens the project in a directory or in one above it. */
export async function openProject(from: string): Promise<Outcome<Project>> {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const read = await readJson(join(directory, "countersign.json"));
    if (read !== undefined) {
      const decoded = decode(plan, read, "countersign.json");
      return decoded.ok ? { ok: true, value: { directory, plan: decoded.value } } : decoded;
    }
    if (directory === dirname(directory))
      return refuse("no-project", "countersign.json here or above", resolve(from), "Make one with: countersign init");
  }
}

/** Where the project's processes answer now; refused when nothing runs. */
export async function readRunning(project: Pick<Project, "directory">): Promise<Outcome<Running>> {
  const read = await readJson(join(project.directory, "running.json"));
  if (read === undefined) return refuse("not-running", "the project's processes", "no running.json", "Start them with: countersign up");
  const decoded = decode(running, read, "running.json");
  if (decoded.ok && !isAlive(decoded.value.pid))
    return refuse("not-running", "the project's processes", `process ${decoded.value.pid} has ended`, "Start them with: countersign up");
  return decoded;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // there is no such process, or it is not ours: either way not one that we started
  }
}

/** Undefined where there is no such file. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
