// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** Of ML-DSA-44 (FIPS 204), the one parameter set of C2SP cosignatures. */
export const ML_DSA_44_KEY_BYTES = 1312;
export const ML_DSA_44_SIGNATURE_BYTES = 2420;
const SPKI_PREFIX = Buffer.from("30820532300b06096086480165030403110382052100", "hex");

/**
 * A raw public key, ready to verify with. Every 1312 bytes are a key, so undefined says that this runtime has no ML-DSA: Node.js before 24 has none.
 * `read` is the runtime's own reader of keys.
 */
export function mlDsa44Key(publicKey: Uint8Array, read: typeof createPublicKey = createPublicKey): KeyObject | undefined {
  try {
    return read({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
  } catch {
    return undefined; // the runtime's only way to say that it does not know the algorithm
  }
}

const keys = new WeakMap<Uint8Array, { readonly key: KeyObject | undefined }>();

/** ML-DSA-44, pure and with an empty context, with a raw public key, whose bytes must not change. False where the runtime has none; never throws. */
export function verifyMlDsa44(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ML_DSA_44_KEY_BYTES || signature.length !== ML_DSA_44_SIGNATURE_BYTES) return false;
  const known = keys.get(publicKey) ?? { key: mlDsa44Key(publicKey) };
  keys.set(publicKey, known);
  return known.key !== undefined && verify(null, message, known.key, signature);
}
