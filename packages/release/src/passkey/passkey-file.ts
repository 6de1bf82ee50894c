// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { servedBytes } from "@countersign/trust/canonical";
import { boolean, closed, type Decoder, dateTime, decodeBytes, literal, matching, name } from "@countersign/trust/decode";
import { type Passkey, passkey } from "@countersign/trust/key";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { writeDurably } from "@countersign/updater/durable";

/** The public half of a passkey, as its owner keeps it: what the browser is asked for, and what goes into the policy. Nothing in it is secret. */
export interface PasskeyFile {
  readonly _type: "passkey";
  readonly spec: "countersign/1";
  /** Whose it is. */
  readonly name: string;
  /** By which the browser finds it, base64url. */
  readonly credential: string;
  readonly key: Passkey;
  /** Whether it may be copied to other machines of its owner, by whoever keeps their passkeys for them. */
  readonly synced: boolean;
  readonly created: string;
}

export const credentialId: Decoder<string> = matching(/^[\w-]{16,1400}$/, "a credential identifier in base64url");

const passkeyFile: Decoder<PasskeyFile> = closed<PasskeyFile>({
  _type: literal("passkey"),
  spec: literal("countersign/1"),
  name,
  credential: credentialId,
  key: passkey,
  synced: boolean,
  created: dateTime,
});

export async function readPasskeyFile(file: string): Promise<Outcome<PasskeyFile>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return refuse(
      "passkey-missing",
      "a file that `key passkey` made",
      `${file}: ${(error as Error).message}`,
      "Register one: countersign key passkey --as NAME",
    );
  }
  return decodeBytes(passkeyFile, bytes, file);
}

export async function writePasskeyFile(file: string, document: PasskeyFile): Promise<void> {
  await writeDurably(file, servedBytes(document), 0o644);
}
