// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, verify } from "node:crypto";
import { twoIntegers } from "./der.ts";
import { fromHex, type KeyKind, once } from "./kind.ts";
import { derOfPem, pemOf } from "./pem.ts";

/** A curve of FIPS 186-5 (SP 800-186 3.2.1), y^2 = x^3 - 3x + b, with the digest that TUF pairs it with. */
interface Curve {
  readonly scheme: string;
  readonly digest: "sha256" | "sha384" | "sha512";
  /** Bytes of a coordinate. */
  readonly size: number;
  readonly p: bigint;
  readonly b: bigint;
  /** The base point's order. */
  readonly n: bigint;
  /** The SubjectPublicKeyInfo before the point. */
  readonly spkiPrefix: Buffer;
}

const curves: readonly Curve[] = [
  {
    scheme: "ecdsa-sha2-nistp256",
    digest: "sha256",
    size: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    spkiPrefix: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"),
  },
  {
    scheme: "ecdsa-sha2-nistp384",
    digest: "sha384",
    size: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    spkiPrefix: Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex"),
  },
  {
    scheme: "ecdsa-sha2-nistp521",
    digest: "sha512",
    size: 66,
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    n: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    spkiPrefix: Buffer.from("30819b301006072a8648ce3d020106052b8104002303818600", "hex"),
  },
];

/**
 * ECDSA, each curve with its own digest. Ours is spelled as an uncompressed point in PEM; stock clients take the bare point in hex as well.
 * Refused: the point at infinity, compressed points, coordinates that are not reduced, points off the curve.
 *
 * Signatures are DER in its one form, with r and s from 1 to n - 1. A high s is accepted: HSMs and cloud KMS make one half of the time, and
 * TUF asks for no low one. So of a good signature anybody can make a second one: no denial goes by a digest that a signature is in.
 */
export const ecdsa: readonly KeyKind[] = curves.map((curve) => ({
  keytype: "ecdsa",
  scheme: curve.scheme,
  read(text) {
    const point = fromHex(text) ?? pointOf(curve, derOfPem(text));
    if (point === undefined || !isPoint(curve, point)) return undefined;
    const spki = Buffer.concat([curve.spkiPrefix, point]);
    const key = once(() => createPublicKey({ key: spki, format: "der", type: "spki" }));
    return {
      spelling: pemOf(spki),
      verify: (message, signature) => isSignature(curve, signature) && verify(curve.digest, message, key(), signature),
    };
  },
}));

function pointOf({ spkiPrefix }: Curve, spki: Buffer | undefined): Buffer | undefined {
  return spki?.subarray(0, spkiPrefix.length).equals(spkiPrefix) ? spki.subarray(spkiPrefix.length) : undefined;
}

function isPoint({ size, p, b }: Curve, point: Buffer): boolean {
  if (point.length !== 1 + 2 * size || point[0] !== 4) return false;
  const x = BigInt(`0x${point.toString("hex", 1, 1 + size)}`);
  const y = BigInt(`0x${point.toString("hex", 1 + size)}`);
  return x < p && y < p && (y * y - x * x * x + 3n * x - b) % p === 0n;
}

function isSignature({ n }: Curve, signature: Uint8Array): boolean {
  return twoIntegers(signature)?.every((value) => value < n) === true;
}
