// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

declare const digestBrand: unique symbol;

/** SHA-256 in 64 lower-case hex digits. */
export type Digest = string & { readonly [digestBrand]: true };

export function sha256(bytes: Uint8Array): Digest {
  return createHash("sha256").update(bytes).digest("hex") as Digest;
}

export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text);
}
