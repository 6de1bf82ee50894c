// SPDX-License-Identifier: Apache-2.0
import { verify } from "node:crypto";
import type { Attestation } from "./attestation.ts";
import type { CustodyKey, PublicHalf } from "./key.ts";
import { KeyRefused, type Outcome, refuse } from "./outcome.ts";

/**
 * A key that signs somewhere else. Each signature is verified before it is handed out: a faulty module, or somebody in between, gets nothing
 * signed that was not asked for, and no faulty signature leaks the key's value to the world.
 */
export function verifiedKey(
  half: PublicHalf,
  attestation: Attestation,
  signElsewhere: (message: Uint8Array) => Promise<Outcome<Uint8Array>>,
): CustodyKey {
  const digest = half.algorithm === "ed25519" ? null : "sha256";
  const sign = async (message: Uint8Array): Promise<Uint8Array> => {
    const signature = await signElsewhere(message);
    if (!signature.ok) throw new KeyRefused(signature.refusal);
    if (verify(digest, message, half.publicKey, signature.value)) return signature.value;
    const remedy = `Look at where it lives, ${half.custody}: it is faulty, or it is not what answers.`;
    throw new KeyRefused(refuse("signature-wrong", `a signature by ${half.keyid}`, "another", remedy).refusal);
  };
  return { ...half, attestation, sign };
}
