// SPDX-License-Identifier: Apache-2.0
import { verifyAssertion } from "@countersign/federation/certificate-assertion";
import { sha256 } from "@countersign/trust/digest";
import { seedIn } from "../corpus.ts";
import { promised, type Target } from "../target.ts";

/** What the daemon of the corpus is called, for whom its assertion is, and when it made it (Unix milliseconds). */
export const asserted: { readonly identity: string; readonly audience: string; readonly now: number } = {
  identity: "publish",
  audience: "https://govern.example",
  now: Date.parse("2026-11-23T12:00:00Z"),
};

/** What daemons prove themselves with: a JWT that verifies says what the daemon signed, to the byte, and is of the certificate that is pinned. */
export const assertion: Target = {
  name: "certificate-assertion",
  corpus: ["certificate-assertion"],
  form: "text",
  turn: 300,
  prepare: (seeds) => {
    const pin = { kind: "certificate", thumbprint: sha256(seedIn("certificate")), audience: asserted.audience } as const;
    const honest = new Set(seeds.map((seed) => signedPart(seed)));
    return async (input) => {
      const { outcome } = await verifyAssertion(Buffer.from(input).toString(), pin, asserted.identity, asserted.now);
      if (outcome.ok) promised(honest.has(signedPart(input)), "an assertion that the daemon did not make");
      return outcome;
    };
  },
};

/** Header and claims, as they are signed. */
function signedPart(compact: Uint8Array): string {
  return Buffer.from(compact).toString().split(".").slice(0, 2).join(".");
}
