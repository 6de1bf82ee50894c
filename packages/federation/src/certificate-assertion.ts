// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { type Check, decide, type Judgement, judge, stopped } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { isSignedBy, readToken, signToken, type Token, type TokenSigner } from "./jws.ts";
import { lifetimeChecks, skewSeconds, type Timed } from "./lifetime-checks.ts";
import type { CertificatePin } from "./pin.ts";
import { shown } from "./subject-token.ts";

/** What a daemon says to prove that it holds its certificate's key: made for one exchange (RFC 7523, 3). */
export interface AssertionDraft {
  /** The identity that it is. */
  readonly identity: string;
  readonly audience: string;
  /** The certificate in DER. */
  readonly certificate: Uint8Array;
  /** What govern gave last time. */
  readonly renewal?: string | undefined;
}

/** An assertion lives this long: it is made for the request that carries it. */
export const assertionSeconds = 120;

/** Makes an assertion, signed by the certificate's key, with the certificate in its header (RFC 7515, 4.1.6). */
export function makeAssertion(
  { identity, audience, certificate, renewal }: AssertionDraft,
  signer: TokenSigner,
  id: string,
  now: number,
): Promise<string> {
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: identity,
    sub: identity,
    aud: audience,
    iat,
    exp: iat + assertionSeconds,
    jti: id,
    ...(renewal === undefined ? {} : { renewal }),
  };
  return signToken({ typ: "JWT", x5c: [Buffer.from(certificate).toString("base64")] }, claims, signer);
}

/** An assertion, and all that its rules look at. */
export interface AssertionSubject extends Timed {
  readonly pin: CertificatePin;
  readonly identity: string;
  readonly certificate: X509Certificate | undefined;
  readonly valid: boolean;
}

const day = (time: Date): string => time.toISOString();

/** The rules for a daemon's assertion. The certificate is pinned, so no authority is asked: it is this one, or it is not. */
export const assertionChecks: readonly Check<AssertionSubject>[] = [
  {
    name: "assertion/certificate",
    source: "RFC 7515, 4.1.6",
    examine: ({ pin, certificate }) => {
      const found = certificate === undefined ? "no certificate" : sha256(certificate.raw);
      return decide(
        found === pin.thumbprint,
        `the certificate with SHA-256 ${pin.thumbprint}`,
        found,
        "certificate-differs",
        "Use the daemon's own certificate, or have its owner pin the new one.",
      );
    },
  },
  {
    name: "assertion/certificate-dates",
    source: "RFC 5280, 4.1.2.5",
    examine: ({ certificate, now }) => {
      const { validFromDate: from, validToDate: to } = certificate ?? { validFromDate: new Date(0), validToDate: new Date(0) };
      return decide(
        from.getTime() <= now && now <= to.getTime(),
        "a certificate that is valid now",
        `${day(from)} to ${day(to)}`,
        "certificate-not-valid-now",
        "Renew the certificate and have its owner pin the new one.",
      );
    },
  },
  {
    name: "assertion/algorithm",
    source: "RFC 8725, 3.1",
    examine: ({ candidate: { header } }) =>
      decide(
        ["ES256", "EdDSA", "RS256"].includes(header.alg) && (header.typ ?? "JWT").toUpperCase() === "JWT",
        "ES256, EdDSA or RS256, typ JWT",
        `${header.alg}, ${header.typ ?? "no typ"}`,
        "token-algorithm-refused",
        "Sign it with the certificate's key.",
      ),
  },
  {
    name: "assertion/signature",
    source: "RFC 7523, 3 (9)",
    examine: ({ valid }) =>
      decide(
        valid,
        "a signature by the certificate's key",
        valid ? "valid" : "invalid",
        "token-signature-invalid",
        "Sign it with the certificate's key.",
      ),
  },
  {
    name: "assertion/subject",
    source: "RFC 7523, 3 (1, 2)",
    examine: ({ candidate: { claims }, identity }) =>
      decide(
        claims["iss"] === identity && claims["sub"] === identity,
        `issuer and subject ${identity}`,
        `${shown(claims["iss"])}, ${shown(claims["sub"])}`,
        "assertion-of-another",
        "Say which identity it is.",
      ),
  },
  {
    name: "assertion/audience",
    source: "RFC 7523, 3 (3)",
    examine: ({ candidate: { claims }, pin }) =>
      decide(claims["aud"] === pin.audience, pin.audience, shown(claims["aud"]), "token-audience-differs", `Make it for ${pin.audience}.`),
  },
  ...lifetimeChecks,
  {
    name: "assertion/once",
    source: "RFC 7523, 3 (7)",
    examine: ({ candidate: { claims } }) => {
      const id = claims["jti"];
      return decide(
        typeof id === "string" && id.length >= 16 && id.length <= 256,
        "an identifier (jti)",
        shown(id),
        "token-unnamed",
        "Name each assertion by chance.",
      );
    },
  },
];

/** Gathers what an assertion is judged by; refused where it cannot be read. */
export async function gatherAssertion(
  compact: string,
  pin: CertificatePin,
  identity: string,
  now: number,
): Promise<Outcome<AssertionSubject>> {
  const token = readToken(compact);
  if (!token.ok) return token;
  const certificate = certificateIn(token.value);
  const valid = certificate !== undefined && (await isSignedBy(token.value, certificate.publicKey));
  const lifetime = { graceSeconds: skewSeconds, longestSeconds: assertionSeconds };
  return accept({ candidate: token.value, pin, identity, certificate, valid, now, ...lifetime });
}

/** Whether an assertion speaks for the daemon with this certificate. Single use is the caller's, as for every token. */
export async function verifyAssertion(
  compact: string,
  pin: CertificatePin,
  identity: string,
  now: number,
  checks: readonly Check<AssertionSubject>[] = assertionChecks,
): Promise<Judgement<Token>> {
  const subject = await gatherAssertion(compact, pin, identity, now);
  return subject.ok ? judge(subject.value, checks) : stopped(subject.refusal);
}

function certificateIn({ header: { x5c } }: Token): X509Certificate | undefined {
  const [first, ...others] = Array.isArray(x5c) ? (x5c as unknown[]) : [];
  if (typeof first !== "string" || others.length > 0) return undefined; // a pinned certificate needs no chain
  try {
    const certificate = new X509Certificate(Buffer.from(first, "base64"));
    return certificate.publicKey.type === "public" ? certificate : undefined; // the key is decoded only when it is asked for, and may be none
  } catch {
    return undefined; // not a certificate: the check says so
  }
}
