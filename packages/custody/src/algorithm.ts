// SPDX-License-Identifier: Apache-2.0
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export type Algorithm = "ed25519" | "ecdsa-p256" | "rsa-pss-3072" | "ml-dsa-44" | "ml-dsa-65" | "ml-dsa-87";

/** The public half as TUF 4.2 writes it: ed25519 and ML-DSA as raw bytes in hex, P-256 and RSA as a PEM SubjectPublicKeyInfo. */
export interface TufKey {
  readonly keytype: "ed25519" | "ecdsa" | "rsa" | "ml-dsa";
  readonly scheme: "ed25519" | "ecdsa-sha2-nistp256" | "rsassa-pss-sha256" | "ml-dsa-44" | "ml-dsa-65" | "ml-dsa-87";
  readonly keyval: { readonly public: string };
}

/** One algorithm: a row of the table. */
interface Row {
  readonly algorithm: Algorithm;
  readonly keytype: TufKey["keytype"];
  readonly scheme: TufKey["scheme"];
  isOf(publicKey: KeyObject): boolean;
  generate(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  /** `keyval.public`. */
  spell(publicKey: KeyObject): string;
  sign(message: Uint8Array, privateKey: KeyObject): Uint8Array;
}

const rows: readonly Row[] = [
  {
    algorithm: "ed25519",
    keytype: "ed25519",
    scheme: "ed25519",
    isOf: (key) => key.asymmetricKeyType === "ed25519",
    generate: () => generateKeyPairSync("ed25519"),
    spell: (key) => rawHex(key, "x"),
    sign: (message, key) => sign(null, message, key),
  },
  {
    algorithm: "ecdsa-p256",
    keytype: "ecdsa",
    scheme: "ecdsa-sha2-nistp256",
    isOf: (key) => key.asymmetricKeyDetails?.namedCurve === "prime256v1",
    generate: () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    spell: pem,
    sign: (message, key) => sign("sha256", message, { key, dsaEncoding: "der" }),
  },
  {
    algorithm: "rsa-pss-3072",
    keytype: "rsa",
    scheme: "rsassa-pss-sha256",
    isOf: (key) => key.asymmetricKeyType === "rsa" && key.asymmetricKeyDetails?.modulusLength === 3072,
    generate: () => generateKeyPairSync("rsa", { modulusLength: 3072 }),
    spell: pem,
    sign: (message, key) => sign("sha256", message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  },
  ...(["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] as const).map(
    (scheme): Row => ({
      algorithm: scheme,
      keytype: "ml-dsa",
      scheme,
      isOf: (key) => key.asymmetricKeyType === scheme,
      generate: () => generateMlDsa[scheme](),
      spell: (key) => rawHex(key, "pub"),
      sign: (message, key) => sign(null, message, key),
    }),
  ),
];

/** One overload each in Node's types. */
const generateMlDsa = {
  "ml-dsa-44": () => generateKeyPairSync("ml-dsa-44"),
  "ml-dsa-65": () => generateKeyPairSync("ml-dsa-65"),
  "ml-dsa-87": () => generateKeyPairSync("ml-dsa-87"),
} as const;

export function generate(algorithm: Algorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return rowFor((row) => row.algorithm === algorithm, algorithm).generate();
}

/** The algorithm of a public key and its spelling in TUF; a key of any other algorithm is a bug of the caller. */
export function describe(publicKey: KeyObject): { readonly algorithm: Algorithm; readonly tuf: TufKey } {
  const { algorithm, keytype, scheme, spell } = rowFor((row) => row.isOf(publicKey), publicKey.asymmetricKeyType);
  return { algorithm, tuf: { keytype, scheme, keyval: { public: spell(publicKey) } } };
}

/** 64 raw bytes for ed25519, DER over SHA-256 for P-256, the plain bytes for the others. */
export function signWith(algorithm: Algorithm, message: Uint8Array, privateKey: KeyObject): Uint8Array {
  return rowFor((row) => row.algorithm === algorithm, algorithm).sign(message, privateKey);
}

function rowFor(matches: (row: Row) => boolean, asked: string | undefined): Row {
  const row = rows.find(matches);
  if (row === undefined) throw new TypeError(`custody holds ${rows.map(({ algorithm }) => algorithm).join(", ")} keys, not ${asked}`);
  return row;
}

function rawHex(key: KeyObject, member: "x" | "pub"): string {
  return Buffer.from(String((key.export({ format: "jwk" }) as Record<string, unknown>)[member]), "base64url").toString("hex");
}

function pem(key: KeyObject): string {
  return key.export({ format: "pem", type: "spki" }).toString();
}
