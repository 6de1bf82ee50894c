// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { cosignatureMessage, formatCosignature } from "./cosignature.ts";
import { ML_DSA_44_KEY_BYTES } from "./ml-dsa.ts";
import type { NoteSignature } from "./note.ts";
import { formatVkey, type KeyType, keyIdOf } from "./vkey.ts";

/** A key that signs under a name, wherever it lives: a log's (type 1) or a witness's (type 4 or 6). */
export interface NoteSigner {
  readonly name: string;
  readonly type: KeyType;
  /** As its vkey has it. */
  readonly publicKey: Uint8Array;
  /** Ed25519, or ML-DSA-44 with an empty context, over the message as it is. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Signs the text of a note. */
export async function signNote(textBytes: Uint8Array, signer: NoteSigner): Promise<NoteSignature> {
  return { name: signer.name, keyId: idOf(signer), payload: await signer.sign(textBytes) };
}

/** Cosigns the text of a checkpoint at a time, in Unix seconds. Throws for what its kind of key cannot cosign (`cosignatureMessage`). */
export async function cosign(textBytes: Uint8Array, time: number, signer: NoteSigner): Promise<NoteSignature> {
  const message = cosignatureMessage(time, textBytes, signer);
  if (message === undefined) throw new TypeError("a checkpoint was expected, with an origin of at most 255 bytes");
  const signature = await signer.sign(message);
  return { name: signer.name, keyId: idOf(signer), payload: formatCosignature({ time, signature }) };
}

/** The 32 raw bytes of an Ed25519 key. Throws for another kind of key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError(`an Ed25519 key was expected, not ${key.asymmetricKeyType}`);
  return lastBytes(key, 32);
}

/** A key as it cosigns: Ed25519 under type 4, ML-DSA-44 under type 6. Throws for another kind of key. */
export function cosigningKey(key: KeyObject): Pick<NoteSigner, "type" | "publicKey"> {
  if (key.asymmetricKeyType === "ml-dsa-44") return { type: 6, publicKey: lastBytes(key, ML_DSA_44_KEY_BYTES) };
  return { type: 4, publicKey: rawPublicKey(key) };
}

/** The vkey of a key that cosigns under a name. */
export function cosignerVkey(name: string, key: KeyObject): string {
  const { type, publicKey } = cosigningKey(key);
  return formatVkey(name, type, publicKey);
}

/** The raw bytes of these kinds of keys are what their DER ends with. */
function lastBytes(key: KeyObject, length: number): Uint8Array {
  return new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-length));
}

/** PKCS #8 before a seed of 32 bytes. */
const PKCS8_PREFIX: { readonly [type in KeyType]: string } = {
  1: "302e020100300506032b657004220420",
  4: "302e020100300506032b657004220420",
  6: "3034020100300b060960864801650304031104228020",
};

/** A signer over a seed of 32 bytes in memory: for test vectors and worlds in a box. A duty's key stays in custody. */
export function signerFromSeed(seed: Uint8Array, name: string, type: KeyType): NoteSigner {
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from(PKCS8_PREFIX[type], "hex"), seed]), format: "der", type: "pkcs8" });
  return { name, type, publicKey: cosigningKey(createPublicKey(key)).publicKey, sign: async (message) => sign(null, message, key) };
}

function idOf({ name, type, publicKey }: NoteSigner): number {
  return keyIdOf(name, type, publicKey);
}
