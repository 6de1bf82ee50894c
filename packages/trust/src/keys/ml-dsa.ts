// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, verify } from "node:crypto";
import { fromHex, type KeyKind, once } from "./kind.ts";

/** The parameter sets of FIPS 204, by the bytes of a public key and of a signature. */
const parameterSets = [
  { scheme: "ml-dsa-44", keyBytes: 1312, signatureBytes: 2420, spkiPrefix: "30820532300b06096086480165030403110382052100" },
  { scheme: "ml-dsa-65", keyBytes: 1952, signatureBytes: 3309, spkiPrefix: "308207b2300b0609608648016503040312038207a100" },
  { scheme: "ml-dsa-87", keyBytes: 2592, signatureBytes: 4627, spkiPrefix: "30820a32300b060960864801650304031303820a2100" },
] as const;

/** ML-DSA, pure and with an empty context: what every module and cloud service offers. Spelled in hex; every string of the right length is a key. */
export const mlDsa: readonly KeyKind[] = parameterSets.map(({ scheme, keyBytes, signatureBytes, spkiPrefix }) => ({
  keytype: "ml-dsa",
  scheme,
  read(text) {
    const raw = fromHex(text);
    if (raw?.length !== keyBytes) return undefined;
    const key = once(() => createPublicKey({ key: Buffer.concat([Buffer.from(spkiPrefix, "hex"), raw]), format: "der", type: "spki" }));
    return {
      spelling: raw.toString("hex"),
      verify: (message, signature) => signature.length === signatureBytes && verify(null, message, key(), signature),
    };
  },
}));
