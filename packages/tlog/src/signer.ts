// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { cosignatureMessage, formatCosignature } from "./cosignature.ts";
import type { NoteSignature } from "./note.ts";
import { type KeyType, keyIdOf } from "./vkey.ts";

/** A key that signs under a name, wherever it lives: a log's (type 1) or a witness's (type 4). */
export interface NoteSigner {
  readonly name: string;
  readonly type: KeyType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 over the message as it is. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Signs the text of a note. */
export async function signNote(textBytes: Uint8Array, signer: NoteSigner): Promise<NoteSignature> {
  return { name: signer.name, keyId: idOf(signer), payload: await signer.sign(textBytes) };
}

/** Cosigns the text of a checkpoint at a time, in Unix seconds. */
export async function cosign(textBytes: Uint8Array, time: number, signer: NoteSigner): Promise<NoteSignature> {
  const signature = await signer.sign(cosignatureMessage(time, textBytes));
  return { name: signer.name, keyId: idOf(signer), payload: formatCosignature({ time, signature }) };
}

/** The 32 raw bytes of an Ed25519 key. Throws for another kind of key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError(`an Ed25519 key was expected, not ${key.asymmetricKeyType}`);
  return new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-32));
}

/** A signer over a seed of 32 bytes in memory: for test vectors and worlds in a box. A duty's key stays in custody. */
export function signerFromSeed(seed: Uint8Array, name: string, type: KeyType): NoteSigner {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  return { name, type, publicKey: rawPublicKey(createPublicKey(key)), sign: async (message) => sign(null, message, key) };
}

function idOf({ name, type, publicKey }: NoteSigner): number {
  return keyIdOf(name, type, publicKey);
}
