// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, decode, digest, Malformed, name, optional, record, text } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Outcome } from "@countersign/trust/refusal";
import { exact, issuer } from "./exact.ts";
import { type Platform, platforms } from "./platform.ts";

/** Which tokens speak for an identity: those of one issuer, for one audience, in which each of these claims is exactly this. */
export interface FederatedPin {
  readonly kind: Platform["kind"];
  readonly issuer: string;
  readonly audience: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** The one certificate that speaks for a daemon. */
export interface CertificatePin {
  readonly kind: "certificate";
  /** SHA-256 of the certificate in DER. */
  readonly thumbprint: Digest;
  readonly audience: string;
}

export type Pin = FederatedPin | CertificatePin;

const certificatePin: Decoder<CertificatePin> = closed<CertificatePin>({ kind: only("certificate"), thumbprint: digest, audience: exact });

const federatedPins: ReadonlyMap<string, Decoder<FederatedPin>> = new Map(
  platforms.map(({ kind, claims }) => {
    const shape = Object.fromEntries(claims.map(({ name, value, required }) => [name, required ? value : optional(value)]));
    const ofPlatform = kind === "oidc" ? subjectAndMore : closed<Record<string, string | undefined>>(shape);
    return [
      kind,
      closed<FederatedPin>({ kind: only(kind), issuer, audience: exact, claims: ofPlatform as Decoder<FederatedPin["claims"]> }),
    ];
  }),
);

/**
 * Reads a pin. Refused: a wildcard, a regular expression, a prefix, an empty value; a platform's pin that lacks one of the immutable ids or that
 * says less than which job may speak; an issuer that could be spelled in two ways or is not reached by TLS; a field that nobody reads.
 */
export const pin: Decoder<Pin> = (value, at) => {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (kind === "certificate") return certificatePin(value, at);
  const ofKind = typeof kind === "string" ? federatedPins.get(kind) : undefined;
  if (ofKind === undefined) throw new Malformed(`${at}.kind`, `certificate, ${[...federatedPins.keys()].join(", ")}`, kind);
  return ofKind(value, at);
};

/** Like `pin`, as a refusal. */
export function readPin(value: unknown): Outcome<Pin> {
  return decode(pin, value, "the pin");
}

/** A generic issuer's subject, and whatever else it says that a job cannot choose. */
function subjectAndMore(value: unknown, at: string): Record<string, string> {
  const claims = record(claimName, exact)(value, at);
  if (claims["sub"] === undefined) throw new Malformed(`${at}.sub`, "one exact value", undefined);
  return { ...claims };
}

const reserved = ["iss", "aud", "exp", "nbf", "iat", "jti"];

function claimName(value: unknown, at: string): string {
  const claim = name(value, at);
  if (reserved.includes(claim)) throw new Malformed(at, "a claim that is not judged anyway", claim);
  return claim;
}

function only<const T extends string>(word: T): Decoder<T> {
  return (value, at) => {
    if (text(value, at) !== word) throw new Malformed(at, word, value);
    return word;
  };
}
