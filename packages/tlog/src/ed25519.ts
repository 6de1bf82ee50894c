// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, verify } from "node:crypto";

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const P = 2n ** 255n - 19n;

/**
 * The y coordinates of the eight points whose order divides 8. Under such a "key" a forged signature fits some or all messages,
 * and the Node releases before 24 accept it (measured: 64 of 64 messages for the identity).
 */
const TORSION_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  littleEndian(Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "hex")),
  littleEndian(Buffer.from("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "hex")),
]);

/**
 * Whether no signature under this key may count, whatever the runtime says: it is not 32 bytes, encodes y >= p (a second
 * spelling of another key), or has small order under either sign of x.
 */
export function isUnsafePoint(publicKey32: Uint8Array): boolean {
  if (publicKey32.length !== 32) return true;
  const y = littleEndian(publicKey32) & (2n ** 255n - 1n); // the top bit is the sign of x
  return y >= P || TORSION_Y.has(y);
}

/** Ed25519 (RFC 8032) with a raw public key. False for unsafe keys and for signatures that are not 64 bytes; never throws. */
export function verifyEd25519(publicKey32: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (isUnsafePoint(publicKey32) || signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey32]), format: "der", type: "spki" });
  return verify(null, message, key, signature);
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}
