// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** One ed25519 key, as TUF writes it. */
export interface BenchKey {
  readonly keyid: string;
  /** The canonical form of its public half. */
  readonly json: string;
  readonly privateKey: KeyObject;
}

export function newKey(): BenchKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const hex = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const json = `{"keytype":"ed25519","keyval":{"public":"${hex}"},"scheme":"ed25519"}`;
  return { keyid: sha256(Buffer.from(json)), json, privateKey };
}

/** A metadata file around `signed`, which is in canonical form already. */
export function signedFile(signed: string, key: BenchKey): Buffer {
  const signature = sign(null, Buffer.from(signed), key.privateKey).toString("hex");
  return Buffer.from(`{"signatures":[{"keyid":"${key.keyid}","sig":"${signature}"}],"signed":${signed}}`);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
