// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, verify } from "node:crypto";

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
/** The field's prime, the base point's order and the curve's constant d (RFC 8032 5.1). */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

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
  const y = yOf(publicKey32);
  return y >= P || TORSION_Y.has(y);
}

/** Whether the bytes encode a point of the curve at all: half of all y do not, and no honest key is among those (RFC 8032 5.1.3). */
export function isOnCurve(point32: Uint8Array): boolean {
  const y2 = yOf(point32) ** 2n % P;
  // x^2 = (y^2 - 1) / (d y^2 + 1) is a square if and only if the product of both sides is one
  return isSquare(((y2 + P - 1n) * (D * y2 + 1n)) % P);
}

/**
 * A raw public key, ready to verify with; undefined where no signature under it may count, which is off the curve too. To find that out takes a
 * quarter of a millisecond in a cold process.
 */
export function ed25519Key(publicKey32: Uint8Array): KeyObject | undefined {
  if (isUnsafePoint(publicKey32) || !isOnCurve(publicKey32)) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey32]), format: "der", type: "spki" });
}

/**
 * Ed25519 (RFC 8032) with a key that was read before. Besides what the runtime checks, false for every signature that an honest signer
 * never makes: not 64 bytes, R of small order or in a second spelling, S not below the group's order (a second signature made from a first).
 */
export function verifyEd25519With(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || isUnsafePoint(signature.subarray(0, 32)) || littleEndian(signature.subarray(32)) >= L) return false;
  return verify(null, message, key, signature);
}

/** The keys of a log and its witnesses verify many notes, so each is made once. */
const keys = new WeakMap<Uint8Array, { readonly key: KeyObject | undefined }>();

/** Ed25519 with a raw public key, whose bytes must not change: `ed25519Key` and `verifyEd25519With` in one. Never throws. */
export function verifyEd25519(publicKey32: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const known = keys.get(publicKey32) ?? { key: ed25519Key(publicKey32) };
  keys.set(publicKey32, known);
  const { key } = known;
  return key !== undefined && verifyEd25519With(key, message, signature);
}

/** The top bit is the sign of x. */
function yOf(point32: Uint8Array): bigint {
  return littleEndian(point32) & (2n ** 255n - 1n);
}

/** Whether a number has a root modulo P: its Legendre symbol by quadratic reciprocity, ten times faster than by Euler's criterion. */
function isSquare(value: bigint): boolean {
  let [upper, lower, sign] = [value, P, 1];
  while (upper !== 0n) {
    for (; (upper & 1n) === 0n; upper >>= 1n) if ((lower & 7n) === 3n || (lower & 7n) === 5n) sign = -sign;
    if ((upper & lower & 3n) === 3n) sign = -sign;
    [upper, lower] = [lower % upper, upper];
  }
  return lower !== 1n || sign === 1; // zero alone ends with another divisor than one
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}
