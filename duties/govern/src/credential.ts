// SPDX-License-Identifier: Apache-2.0
import { verifyAssertion } from "@countersign/federation/certificate-assertion";
import { subjectTokenTypes } from "@countersign/federation/exchange";
import { recordedOf } from "@countersign/federation/explain";
import type { Token } from "@countersign/federation/jws";
import { shown, subjectTokenChecks, tokenId, verifySubjectToken } from "@countersign/federation/subject-token";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Govern } from "./govern.ts";
import type { Issued } from "./grant-acts.ts";
import type { Registered } from "./identity.ts";
import { judged } from "./judged.ts";

/** What a subject token proved, when it was verified against an identity's pin. */
export interface Credential {
  /** What may not come twice. */
  readonly token: string;
  readonly actor: Issued["actor"];
  /** Digest of the renewal that a daemon shows; null where it has none yet, undefined where the platform's token names each job anyway. */
  readonly presented: string | null | undefined;
}

/** Verifies that a subject token speaks for an identity, by the kind of its pin. */
export async function verifyCredential(
  { name, pin }: Registered,
  compact: string,
  type: string,
  { tokens: { issuerKeys }, checks, now: clock }: Pick<Govern, "tokens" | "checks" | "now">,
): Promise<Outcome<Credential>> {
  const expected = pin.kind === "certificate" ? subjectTokenTypes.certificate : subjectTokenTypes.token;
  if (type !== expected)
    return refuse(
      "token-type-differs",
      expected,
      type,
      `Prove ${name} by what its pin says: countersign identity explain TOKEN --identity ${name}`,
    );
  const now = clock();
  if (pin.kind === "certificate") {
    const outcome = judged(await verifyAssertion(compact, pin, name, now, checks.assertion));
    return outcome.ok
      ? accept({ token: tokenId(outcome.value), actor: { sub: name, recorded: {} }, presented: renewalIn(outcome.value) })
      : outcome;
  }
  const outcome = judged(await verifySubjectToken(compact, pin, issuerKeys, now, subjectTokenChecks(pin, checks.subjectToken)));
  if (!outcome.ok) return outcome;
  const actor = { sub: shown(outcome.value.claims["sub"]), recorded: recordedOf(outcome.value, pin.kind) };
  return accept({ token: tokenId(outcome.value), actor, presented: undefined });
}

function renewalIn({ claims }: Token): string | null {
  const renewal = claims["renewal"];
  return typeof renewal === "string" ? sha256(Buffer.from(renewal)) : null;
}
