// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { isUnsafePoint } from "@countersign/tlog/ed25519";
import { canonicalBytes } from "./canonical.ts";
import { type Decoder, literal, Malformed, open, text } from "./decode.ts";
import { sha256 } from "./digest.ts";

/** A public key as TUF 4.2 writes it. */
export interface PublicKey {
  readonly keytype: "ed25519" | "ecdsa";
  readonly scheme: "ed25519" | "ecdsa-sha2-nistp256";
  readonly keyval: { readonly public: string };
}

const ed25519Spki = Buffer.from("302a300506032b6570032100", "hex");
const p256Spki = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");
const p256PemLength = 178;

export const publicKey: Decoder<PublicKey> = (value, at) => {
  const key = open<PublicKey>({
    keytype: literal("ed25519", "ecdsa"),
    scheme: literal("ed25519", "ecdsa-sha2-nistp256"),
    keyval: open({ public: text }),
  })(value, at);
  if (keyObject(key) === undefined)
    throw new Malformed(at, "an ed25519 key in hex or a P-256 key in PEM, on the curve and of full order", key.keyval.public);
  return key;
};

/** The key identifier: SHA-256 of the key's canonical form (TUF 4.2). */
export function keyidOf(key: PublicKey): string {
  return sha256(canonicalBytes(key));
}

/** True if `signature` (hex) is one of `message` by `key`. A key or signature that cannot be read verifies nothing. */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: string): boolean {
  const object = keyObject(key);
  if (object === undefined || !/^(?:[0-9a-f]{2}){8,72}$/.test(signature)) return false; // ed25519: 64 bytes; P-256 in DER: 8 to 72
  return verify(key.keytype === "ecdsa" ? "sha256" : null, message, object, Buffer.from(signature, "hex"));
}

function keyObject(key: PublicKey): KeyObject | undefined {
  if (key.keytype === "ed25519" && key.scheme === "ed25519") return ed25519Object(key.keyval.public);
  if (key.keytype === "ecdsa" && key.scheme === "ecdsa-sha2-nistp256") return p256Object(key.keyval.public);
  return undefined;
}

function ed25519Object(hex: string): KeyObject | undefined {
  if (!/^[0-9a-f]{64}$/.test(hex)) return undefined;
  const point = Buffer.from(hex, "hex");
  if (isUnsafePoint(point)) return undefined;
  return createPublicKey({ key: Buffer.concat([ed25519Spki, point]), format: "der", type: "spki" });
}

/** One key has one spelling: its uncompressed point, in the PEM that OpenSSL prints. A second one would be a second voice in a quorum. */
function p256Object(pem: string): KeyObject | undefined {
  if (!pem.startsWith("-----BEGIN PUBLIC KEY-----\n") || pem.length > p256PemLength) return undefined;
  try {
    const object = createPublicKey(pem);
    const der = object.export({ format: "der", type: "spki" });
    return der.subarray(0, -64).equals(p256Spki) && object.export({ format: "pem", type: "spki" }) === pem ? object : undefined;
  } catch {
    return undefined; // OpenSSL says only that it cannot read it, and so do we
  }
}
