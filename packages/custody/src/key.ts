// SPDX-License-Identifier: Apache-2.0
import { createHash, type KeyObject, sign } from "node:crypto";

export type Algorithm = "ed25519" | "ecdsa-p256";

/** The public half as TUF 4.2 writes it: ed25519 as 32 bytes in hex, P-256 as a PEM SubjectPublicKeyInfo. */
export interface TufKey {
  readonly keytype: "ed25519" | "ecdsa";
  readonly scheme: "ed25519" | "ecdsa-sha2-nistp256";
  readonly keyval: { readonly public: string };
}

/** What is known of a key without being able to use it. */
export interface PublicHalf {
  /** SHA-256 of the TUF key object in canonical JSON, in hex (TUF 4.2). */
  readonly keyid: string;
  readonly algorithm: Algorithm;
  readonly publicKey: KeyObject;
  readonly tuf: TufKey;
  /** Where the private half lives, for people and for the blast radius. */
  readonly custody: string;
}

/**
 * The one interface of every custody adapter. Who holds it can sign and cannot read the private half.
 * It is given the message, never its digest, because some modules hash by themselves.
 * Signatures are 64 raw bytes for ed25519 and DER over SHA-256 for P-256.
 */
export interface CustodyKey extends PublicHalf {
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The public half of `publicKey`, which is of one of our two algorithms; any other is a bug of the caller. */
export function publicHalf(publicKey: KeyObject, custody: string): PublicHalf {
  const tuf = tufKey(publicKey);
  const algorithm = tuf.keytype === "ecdsa" ? "ecdsa-p256" : "ed25519";
  return { keyid: keyid(tuf), algorithm, publicKey, tuf, custody };
}

/** A key whose private half is in this process's memory. */
export function softwareKey(half: PublicHalf, privateKey: KeyObject): CustodyKey {
  const hash = half.algorithm === "ecdsa-p256" ? "sha256" : null;
  return { ...half, sign: async (message) => sign(hash, message, { key: privateKey, dsaEncoding: "der" }) };
}

function tufKey(publicKey: KeyObject): TufKey {
  if (publicKey.asymmetricKeyType === "ed25519") {
    const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
    return { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw.toString("hex") } };
  }
  if (publicKey.asymmetricKeyDetails?.namedCurve === "prime256v1") {
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    return { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: pem } };
  }
  throw new TypeError(`custody holds ed25519 and P-256 keys, not ${publicKey.asymmetricKeyType}`);
}

// TUF's canonical JSON sorts members and escapes only quotes and backslashes: a PEM keeps its line breaks, and holds neither.
function keyid({ keytype, keyval, scheme }: TufKey): string {
  return createHash("sha256").update(`{"keytype":"${keytype}","keyval":{"public":"${keyval.public}"},"scheme":"${scheme}"}`).digest("hex");
}
