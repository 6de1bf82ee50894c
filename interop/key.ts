// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { SigningKey } from "@countersign/repository/sign-document";
import { keyidOf, type PublicKey } from "@countersign/trust/key";

/** A key in memory, for one repository. */
export interface InteropKey extends SigningKey {
  readonly tuf: PublicKey;
  signNow(message: Uint8Array): Buffer;
}

/** A new key of one of TUF's schemes; throws for one that is not among these. */
export function newKey(scheme: string): InteropKey {
  switch (scheme) {
    case "ed25519": {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      const point = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
      return keyOf({ keytype: "ed25519", scheme: "ed25519", keyval: { public: point } }, (message) => sign(null, message, privateKey));
    }
    case "ecdsa-sha2-nistp256": {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return keyOf({ keytype: "ecdsa", scheme, keyval: { public: pemOf(publicKey) } }, (message) => sign("sha256", message, privateKey));
    }
    case "ecdsa-sha2-nistp384": {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
      return keyOf({ keytype: "ecdsa", scheme, keyval: { public: pemOf(publicKey) } }, (message) => sign("sha384", message, privateKey));
    }
    case "rsassa-pss-sha256": {
      const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const pss = { key: privateKey, padding: 6, saltLength: 32 }; // RSA_PKCS1_PSS_PADDING, and a salt as long as the hash
      return keyOf({ keytype: "rsa", scheme, keyval: { public: pemOf(publicKey) } }, (message) => sign("sha256", message, pss));
    }
    default:
      throw new Error(`no keys of scheme ${scheme}`);
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

function keyOf(tuf: PublicKey, signNow: (message: Uint8Array) => Buffer): InteropKey {
  return { keyid: keyidOf(tuf), tuf, signNow, sign: async (message) => signNow(message) };
}
