// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { type CustodyKey, publicHalf, softwareKey } from "@countersign/custody/key";
import type { Project } from "@countersign/world/project";
import { keyOf } from "./base.ts";
import type { PublishKeys } from "./forge.ts";

/** A key that nobody trusts. */
export function attackersKey(): CustodyKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return softwareKey(publicHalf(publicKey, "the attacker's own"), privateKey);
}

/** Both keys that publish holds. */
export async function publishKeys(project: Project): Promise<PublishKeys> {
  return { snapshot: await keyOf(project, "publish-snapshot"), timestamp: await keyOf(project, "publish-timestamp") };
}
