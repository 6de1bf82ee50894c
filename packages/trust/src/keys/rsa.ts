// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, verify } from "node:crypto";
import { BIT_STRING, element, SEQUENCE, twoIntegers } from "./der.ts";
import { type KeyKind, once } from "./kind.ts";
import { derOfPem, pemOf } from "./pem.ts";

/** AlgorithmIdentifier of rsaEncryption with its NULL (RFC 8017 A.1). */
const algorithm = Buffer.from("300d06092a864886f70d0101010500", "hex");
const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } as const;

/**
 * RSASSA-PSS with SHA-256, MGF1 over SHA-256 and 32 bytes of salt (RFC 8017 8.1), as TUF 4.2 names it. Keys have 2048 to 8192 bits and an
 * odd public exponent from 65537 to 2^256 (FIPS 186-5 A.1.1), of more than 3072 bits one to 2^64: a smaller one invites forgeries, a larger one
 * makes verifying slow, and OpenSSL verifies nothing with it.
 */
export const rsa: KeyKind = {
  keytype: "rsa",
  scheme: "rsassa-pss-sha256",
  read(text) {
    const spki = derOfPem(text);
    const bits = spki && modulusBits(spki);
    if (spki === undefined || bits === undefined) return undefined;
    const key = once(() => ({ key: createPublicKey({ key: spki, format: "der", type: "spki" }), ...padding }));
    const length = Math.ceil(bits / 8);
    return {
      spelling: pemOf(spki),
      verify: (message, signature) => signature.length === length && verify("sha256", message, key(), signature),
    };
  },
};

/** Undefined unless this is a whole SubjectPublicKeyInfo in strict DER of a key that we take. */
function modulusBits(spki: Buffer): number | undefined {
  const outer = element(spki, 0, SEQUENCE);
  const named = outer !== undefined && spki.subarray(outer.start, outer.start + algorithm.length).equals(algorithm);
  const bitString = named ? element(spki, outer.start + algorithm.length, BIT_STRING) : undefined;
  if (outer?.end !== spki.length || bitString?.end !== spki.length || spki[bitString.start] !== 0) return undefined; // no unused bits
  const numbers = twoIntegers(spki.subarray(bitString.start + 1));
  if (numbers === undefined) return undefined;
  const [modulus, exponent] = numbers;
  const bits = modulus.toString(2).length;
  const limit = bits > 3072 ? 2n ** 64n : 2n ** 256n;
  const odd = (modulus & exponent & 1n) === 1n;
  return odd && bits >= 2048 && bits <= 8192 && exponent >= 65537n && exponent < limit ? bits : undefined;
}
