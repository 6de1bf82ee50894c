// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { type CustodyKey, publicHalf, softwareKey } from "@countersign/custody/key";

/** A key for a test that opens no file. */
export function memoryKey(): CustodyKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return softwareKey(publicHalf(publicKey, "memory"), privateKey);
}
