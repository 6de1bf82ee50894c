// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type PasskeyFile, writePasskeyFile } from "@countersign/release/passkey/passkey-file";
import { type HolderKey, keyidOf } from "@countersign/trust/key";
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
