// SPDX-License-Identifier: Apache-2.0
// The one place where the two spellings of an ECDSA signature meet.

/** The raw form (PKCS#11, JWS; IEEE P1363) of a P-256 signature: r and s, 32 bytes each. */
export const P256_RAW_BYTES = 64;

/** DER (X.690; RFC 3279 2.2.3), which TUF wants, from r and s one after the other. */
export function derFromRaw(raw: Uint8Array): Uint8Array {
  if (raw.length !== P256_RAW_BYTES) throw new RangeError(`a raw P-256 signature has ${P256_RAW_BYTES} bytes, not ${raw.length}`);
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]); // at most 70 bytes, so every length is one byte
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** A positive INTEGER in as few bytes as there can be. */
function integer(magnitude: Uint8Array): Buffer {
  const significant = magnitude.findIndex((byte) => byte !== 0);
  const digits = Buffer.from(magnitude.subarray(significant === -1 ? magnitude.length - 1 : significant));
  const value = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits; // or it would read as negative
  return Buffer.concat([Buffer.from([0x02, value.length]), value]);
}
