// SPDX-License-Identifier: Apache-2.0
import { CKK, CKM } from "./cryptoki.ts";

/** What PKCS#11 knows of an algorithm. */
export interface Curve {
  readonly algorithm: "ecdsa-p256" | "ed25519";
  readonly keyType: number;
  readonly keyPairGen: number;
  readonly sign: number;
  /** CKA_EC_PARAMS: the curve's OID. */
  readonly params: Buffer;
  /** Other spellings of it that tokens answer with. */
  readonly spellings: readonly Buffer[];
  readonly pointBytes: number;
  /** SubjectPublicKeyInfo, all but the point. */
  readonly spki: Buffer;
}

const hex = (text: string): Buffer => Buffer.from(text, "hex");

export const curves: readonly Curve[] = [
  {
    algorithm: "ecdsa-p256",
    keyType: CKK.ec,
    keyPairGen: CKM.ecKeyPairGen,
    sign: CKM.ecdsa,
    params: hex("06082a8648ce3d030107"),
    spellings: [],
    pointBytes: 65,
    spki: hex("3059301306072a8648ce3d020106082a8648ce3d030107034200"),
  },
  {
    algorithm: "ed25519",
    keyType: CKK.ecEdwards,
    keyPairGen: CKM.ecEdwardsKeyPairGen,
    sign: CKM.eddsa,
    params: hex("06032b6570"),
    spellings: [Buffer.concat([hex("130c"), Buffer.from("edwards25519")])],
    pointBytes: 32,
    spki: hex("302a300506032b6570032100"),
  },
];

/** The curve that a key's CKA_EC_PARAMS names. */
export function curveOf(params: Buffer): Curve | undefined {
  return curves.find((curve) => [curve.params, ...curve.spellings].some((spelling) => spelling.equals(params)));
}

/** The SubjectPublicKeyInfo of a CKA_EC_POINT: the point in an OCTET STRING, or as it is, as some tokens have it. */
export function spkiOf(curve: Curve, ecPoint: Buffer): Buffer | undefined {
  const wrapped = Buffer.from([0x04, curve.pointBytes]);
  const isWrapped = ecPoint.length === curve.pointBytes + 2 && ecPoint.subarray(0, 2).equals(wrapped);
  const point = isWrapped ? ecPoint.subarray(2) : ecPoint;
  return point.length === curve.pointBytes ? Buffer.concat([curve.spki, point]) : undefined;
}
