// SPDX-License-Identifier: Apache-2.0

/**
 * Decodes base64 (RFC 4648 section 4, with padding) and accepts exactly what `encodeBase64` prints.
 *
 * `Buffer.from` alone skips junk, takes the URL alphabet, and reads `QQ==` and `QR==` alike; two spellings of one value are how
 * a signed line gets a twin.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : undefined;
}

/** Standard alphabet, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
