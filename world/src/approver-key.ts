// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type PasskeyFile, readPasskeyFile, writePasskeyFile } from "@countersign/release/passkey/passkey-file";
import { type HolderKey, keyidOf } from "@countersign/trust/key";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type Project, passkeysDirectory } from "./project.ts";

/** A key with which a person approves, and which they made beforehand: a passkey, or one in a token of theirs. Of the latter there is only its public half. */
export interface ApproverKey {
  readonly person: string;
  readonly key: HolderKey;
  readonly passkey?: PasskeyFile;
}

export function passkeyApprover(passkey: PasskeyFile): ApproverKey {
  return { person: passkey.name, key: passkey.key, passkey };
}

/** Keeps a person's passkey with what else they have of this project. */
export async function keepPasskey(project: Pick<Project, "directory">, passkey: PasskeyFile): Promise<string> {
  const directory = passkeysDirectory(project, passkey.name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${keyidOf(passkey.key).slice(0, 12)}.json`);
  await writePasskeyFile(file, passkey);
  return file;
}

/** The passkeys of a person that stand in a project, in the order of their keyids; none where that person has none. */
export async function passkeysOf(project: Pick<Project, "directory">, person: string): Promise<Outcome<readonly PasskeyFile[]>> {
  const directory = passkeysDirectory(project, person);
  const passkeys: PasskeyFile[] = [];
  for (const name of await namesIn(directory)) {
    const read = await readPasskeyFile(join(directory, name));
    if (!read.ok) return read;
    passkeys.push(read.value);
  }
  return accept(passkeys);
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
