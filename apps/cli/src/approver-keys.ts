// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { readPasskeyFile } from "@countersign/release/passkey/passkey-file";
import { decodeBytes } from "@countersign/trust/decode";
import { publicKey } from "@countersign/trust/key";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type ApproverKey, passkeyApprover } from "@countersign/world/approver-key";

/** Reads `NAME=FILE`s: each a passkey of that person, or the public half of another key of theirs. */
export async function readApproverKeys(given: readonly string[]): Promise<Outcome<readonly ApproverKey[]>> {
  const keys: ApproverKey[] = [];
  for (const each of given) {
    const [person = "", file = ""] = each.split(/=(.*)/s);
    const read = await readApproverKey(person, file);
    if (!read.ok) return read;
    keys.push(read.value);
  }
  return accept(keys);
}

async function readApproverKey(person: string, file: string): Promise<Outcome<ApproverKey>> {
  if (file.endsWith(".pub")) {
    const half = await publicHalf(file);
    const key = half.ok ? decodeBytes(publicKey, half.value, file) : half;
    return key.ok ? accept({ person, key: key.value }) : key;
  }
  const passkey = await readPasskeyFile(file);
  if (!passkey.ok) return passkey;
  if (passkey.value.name === person) return accept(passkeyApprover(passkey.value));
  return refuse("passkey-of-another", `a passkey of ${person}`, `one of ${passkey.value.name}`, "Name the person whose passkey it is.");
}

async function publicHalf(file: string): Promise<Outcome<Uint8Array>> {
  try {
    return accept(await readFile(file));
  } catch (error) {
    return refuse(
      "key-missing",
      "FILE.pub, as `key create` writes it",
      `${file}: ${(error as Error).message}`,
      "Name a file that is there.",
    );
  }
}
