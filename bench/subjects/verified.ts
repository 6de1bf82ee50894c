// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";

/** An ed25519 key from the hex in which TUF writes it. */
export function keyFromHex(hex: string): KeyObject {
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(hex, "hex")]);
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}

const marker = Buffer.from(',"signed":');

/** The least that must be done with a document: JSON.parse, one hash, one verification. Nothing is asked of what it says. */
export function leastOf(bytes: Buffer, key: KeyObject): readonly [parsed: unknown, digest: string] {
  const parsed = JSON.parse(bytes.toString()) as { readonly signatures: readonly [{ readonly sig: string }] };
  const digest = createHash("sha256").update(bytes).digest("hex");
  const message = bytes.subarray(bytes.indexOf(marker) + marker.length, -1);
  if (!verify(null, message, key, Buffer.from(parsed.signatures[0].sig, "hex"))) throw new Error("Error: a document that does not verify");
  return [parsed, digest];
}
