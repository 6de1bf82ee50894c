// SPDX-License-Identifier: Apache-2.0
import type { Vkey } from "@countersign/tlog/vkey";
import { keyidOf, type PublicKey } from "../key.ts";

/** The key of a log or witness as it would be written anywhere else. */
export function tufKeyOf({ type, publicKey }: Vkey): PublicKey {
  const keyval = { public: Buffer.from(publicKey).toString("hex") };
  return type === 6 ? { keytype: "ml-dsa", scheme: "ml-dsa-44", keyval } : { keytype: "ed25519", scheme: "ed25519", keyval };
}

/** Its identifier, so that one key with two duties is seen as one. */
export function keyidOfVkey(vkey: Vkey): string {
  return keyidOf(tufKeyOf(vkey));
}
