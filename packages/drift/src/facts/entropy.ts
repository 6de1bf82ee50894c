// SPDX-License-Identifier: Apache-2.0

/** Shannon entropy of the bytes, in bits a byte: English and code have 4 to 5.5, what is compressed or encrypted nearly 8. */
export function entropyOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0;
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  return bits;
}
