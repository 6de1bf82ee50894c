// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Judgement, judge, stopped } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import type { Outcome } from "@countersign/trust/refusal";
import type { IssuerKeys } from "./issuer-keys.ts";
import { isSignedBy, readToken, type SignatureEvidence, type Token } from "./jws.ts";
import { lifetimeChecks, seconds, skewSeconds, type Timed } from "./lifetime-checks.ts";
import type { FederatedPin } from "./pin.ts";
import { concerns, pinChecks } from "./pin-checks.ts";
import { platformOf } from "./platform.ts";

/** An issuer's token, and all that its rules look at. */
export interface TokenSubject extends Timed {
  readonly pin: FederatedPin;
  readonly signature: SignatureEvidence;
}

/** What platforms sign with: never `none`, never a shared secret, which a public key could be taken for. */
export const algorithms: readonly string[] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"];

/** Kubernetes and SPIFFE renew tokens within hours, CI ends with its job; what lives longer is a secret, not a token. */
export const longestSeconds = 86_400;

/** What holds for a token of any platform. Specified in OpenID Connect Core 1.0, 3.1.3.7, stricter where an issuer has a choice. */
export const tokenChecks: readonly Check<TokenSubject>[] = [
  {
    name: "token/type",
    source: "RFC 8725, 3.11",
    examine: ({ candidate: { header } }) =>
      decide(
        header.typ === undefined || header.typ.toUpperCase() === "JWT",
        "an identity token (typ JWT, or none)",
        header.typ ?? "none",
        "token-type-differs",
        "Send the identity token itself, not a proof or a grant.",
      ),
  },
  {
    name: "token/algorithm",
    source: "RFC 8725, 3.1",
    examine: ({ candidate: { header } }) =>
      decide(
        algorithms.includes(header.alg),
        algorithms.join(", "),
        header.alg,
        "token-algorithm-refused",
        "Let the issuer sign with one of these.",
      ),
  },
  {
    name: "token/issuer",
    source: "OpenID Connect Core 1.0, 3.1.3.7 (2)",
    examine: ({ candidate: { claims }, pin }) =>
      decide(
        claims["iss"] === pin.issuer,
        pin.issuer,
        shown(claims["iss"]),
        "token-issuer-differs",
        "Compare them character by character, slashes too; then pin the issuer as it names itself.",
      ),
  },
  {
    name: "token/key",
    source: "RFC 7515, 4.1.4",
    examine: ({ candidate: { header }, signature: { keys } }) =>
      decide(
        keys === 1,
        "one key of the issuer with the identifier that the token names",
        `${keys} for ${header.kid ?? "no identifier"}`,
        "token-key-unknown",
        "Ask the issuer for a new token; its keys may have changed.",
      ),
  },
  {
    name: "token/signature",
    source: "RFC 7515, 5.2",
    examine: ({ signature: { valid } }) =>
      decide(valid, "a signature by that key", valid ? "valid" : "invalid", "token-signature-invalid", "Nobody should trust what it says."),
  },
  {
    name: "token/audience",
    source: "RFC 7519, 4.1.3; a token for several audiences could be used by each at the others",
    examine: ({ candidate: { claims }, pin }) => {
      const audiences = Array.isArray(claims["aud"]) ? claims["aud"] : [claims["aud"]];
      return decide(
        audiences.length === 1 && audiences[0] === pin.audience,
        `${pin.audience} and no other`,
        audiences.map(shown).join(", "),
        "token-audience-differs",
        `Ask the issuer for a token for ${pin.audience}.`,
      );
    },
  },
  ...lifetimeChecks,
  {
    name: "token/once",
    source: "RFC 7519, 4.1.7",
    examine: ({ candidate: { claims }, pin }) => {
      const id = claims["jti"];
      const named = typeof id === "string" && id !== "" && id.length <= 256;
      return decide(
        named || (id === undefined && !platformOf(pin.kind).jti),
        "an identifier (jti) by which it can be used once",
        shown(id),
        "token-unnamed",
        "Use an issuer that gives each token an identifier.",
      );
    },
  },
];

/** Every rule for a token, in order: first what holds for any, then each claim that a pin may fix. */
export const federatedChecks: readonly Check<TokenSubject>[] = [...tokenChecks, ...pinChecks];

/** Those of these rules that are about what a pin says. */
export function subjectTokenChecks(
  pin: FederatedPin,
  from: readonly Check<TokenSubject>[] = federatedChecks,
): readonly Check<TokenSubject>[] {
  return from.filter((check) => concerns(check, pin));
}

/** Gathers what a token is judged by. Refused where the issuer cannot be asked, or the token cannot be read. */
export async function gatherToken(compact: string, pin: FederatedPin, keys: IssuerKeys, now: number): Promise<Outcome<TokenSubject>> {
  const token = readToken(compact);
  if (!token.ok) return token;
  const candidate = token.value;
  const { kid, alg } = candidate.header;
  const asked = kid !== undefined && candidate.claims["iss"] === pin.issuer && algorithms.includes(alg);
  const found = asked ? await keys.find(pin.issuer, kid) : { ok: true as const, value: [] };
  if (!found.ok) return found;
  const [key, ...others] = found.value;
  const fits = key !== undefined && key.kty !== "oct" && key.use !== "enc" && (key.alg === undefined || key.alg === alg);
  const valid = fits && others.length === 0 && (await isSignedBy(candidate, key));
  return {
    ok: true,
    value: { candidate, pin, signature: { keys: found.value.length, valid }, now, graceSeconds: skewSeconds, longestSeconds },
  };
}

/**
 * Whether a token of this pin's issuer speaks for its identity: verified against the keys that the issuer serves now, and against every pinned claim.
 * The trail says each rule and what was seen. Single use is the caller's: `tokenId` names what may not come twice.
 */
export async function verifySubjectToken(
  compact: string,
  pin: FederatedPin,
  keys: IssuerKeys,
  now: number,
  checks: readonly Check<TokenSubject>[] = subjectTokenChecks(pin),
): Promise<Judgement<Token>> {
  const subject = await gatherToken(compact, pin, keys, now);
  return subject.ok ? judge(subject.value, checks) : stopped(subject.refusal);
}

/** What of a token may be used once: its `jti` under its issuer; where it has none, what is signed of it. */
export function tokenId({ compact, claims }: Token): string {
  const own = claims["jti"] ?? `sha256:${sha256(Buffer.from(compact.slice(0, compact.lastIndexOf("."))))}`;
  return sha256(Buffer.from(JSON.stringify([claims["iss"], own])));
}

/** When a token is over for everybody, in Unix milliseconds: until then it must be remembered. */
export function tokenEnds(token: Pick<Token, "claims">): number {
  return ((seconds(token, "exp") ?? 0) + 60) * 1000;
}

/** A claim as a trail shows it, never long. */
export function shown(value: unknown): string {
  return value === undefined ? "none" : (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 200);
}
