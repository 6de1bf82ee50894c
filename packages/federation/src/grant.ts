// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Judgement, judge, stopped } from "@countersign/trust/check";
import { array, closed, type Decoder, decode, integer, matching, open, record, text } from "@countersign/trust/decode";
import type { Outcome } from "@countersign/trust/refusal";
import type { JWK } from "jose";
import { type GrantDetails, type GrantedDuty, grantDetails } from "./details.ts";
import { isSignedBy, readToken, signToken, type Token, type TokenSigner } from "./jws.ts";
import { lifetimeChecks, type Timed } from "./lifetime-checks.ts";

/** What a grant says: an access token of RFC 9068, bound to a key (RFC 9449, 6) and to one thing (RFC 9396). */
export interface GrantClaims {
  readonly iss: string;
  /** The resource server that takes it. */
  readonly aud: string;
  /** The identity. */
  readonly sub: string;
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly cnf: { readonly jkt: string };
  /** Who acts: the issuer's subject and what else it said of the job (RFC 8693, 4.1). Kept for the record. */
  readonly act: { readonly sub: string; readonly recorded: Readonly<Record<string, string>> };
  readonly authorization_details: readonly [GrantDetails];
}

/** No grant lives longer, whatever an identity may have. */
export const longestGrantSeconds = 3600;

const shape = open<Omit<GrantClaims, "authorization_details"> & { readonly authorization_details: readonly GrantDetails[] }>({
  iss: text,
  aud: text,
  sub: text,
  client_id: text,
  iat: integer(1),
  exp: integer(1),
  jti: matching(/^[A-Za-z0-9_-]{16,64}$/, "an identifier"),
  cnf: closed({ jkt: matching(/^[A-Za-z0-9_-]{43}$/, "a thumbprint (RFC 7638)") }),
  act: closed({ sub: text, recorded: record(text, text) }),
  authorization_details: array(grantDetails, 1, 1),
});

/** Reads the claims of a grant. */
export const grantClaims: Decoder<GrantClaims> = (value, at) => shape(value, at) as GrantClaims; // one detail, as the decoder demands

/** Signs a grant. */
export function signGrant(claims: GrantClaims, signer: TokenSigner): Promise<string> {
  return signToken({ typ: "at+jwt" }, claims, signer);
}

/** What a resource server is asked to do. */
export interface Wanted {
  readonly duty: GrantedDuty;
  readonly channel: string;
  readonly digest: string;
}

/** A grant, and all that a resource server looks at. */
export interface GrantSubject extends Timed {
  readonly claims: GrantClaims;
  readonly keys: number;
  readonly valid: boolean;
  readonly issuer: string;
  readonly audience: string;
  /** Of the key that made the proof that came with it. */
  readonly thumbprint: string;
  readonly wanted: Wanted;
}

/**
 * The rules for a grant at a resource server, besides those for its proof (`proofChecks`). What it cannot see from the token, whether the window
 * is still open and a use is left, it asks of govern at each use.
 */
export const grantChecks: readonly Check<GrantSubject>[] = [
  {
    name: "grant/type",
    source: "RFC 9068, 4",
    examine: ({ candidate: { header } }) =>
      decide(
        header.typ === "at+jwt" && header.alg === "ES256",
        "at+jwt, ES256",
        `${header.typ ?? "none"}, ${header.alg}`,
        "grant-type-differs",
        "Send a grant.",
      ),
  },
  {
    name: "grant/signature",
    source: "RFC 9068, 4",
    examine: ({ keys, valid }) =>
      decide(
        keys === 1 && valid,
        "a signature by govern's token key",
        keys === 1 ? (valid ? "valid" : "invalid") : `${keys} keys with its identifier`,
        "grant-signature-invalid",
        "Get a grant by exchange: countersign grant",
      ),
  },
  {
    name: "grant/issuer",
    source: "RFC 9068, 4",
    examine: ({ claims, issuer }) => decide(claims.iss === issuer, issuer, claims.iss, "grant-issuer-differs", "Get it from this govern."),
  },
  {
    name: "grant/audience",
    source: "RFC 9068, 4",
    examine: ({ claims, audience }) =>
      decide(claims.aud === audience, audience, claims.aud, "grant-audience-differs", "Ask for a grant for this server."),
  },
  ...lifetimeChecks,
  {
    name: "grant/bound",
    source: "RFC 9449, 6.1",
    examine: ({ claims, thumbprint }) =>
      decide(
        claims.cnf.jkt === thumbprint,
        `a proof by the key ${claims.cnf.jkt}`,
        thumbprint,
        "grant-of-another-key",
        "A grant is worth nothing to anybody else; get one of your own.",
      ),
  },
  {
    name: "grant/duty",
    source: "RFC 9396, 9",
    examine: ({ claims, wanted }) =>
      decide(
        detailOf(claims).duty === wanted.duty,
        wanted.duty,
        detailOf(claims).duty,
        "grant-for-another-duty",
        "Ask for a grant for this duty.",
      ),
  },
  {
    name: "grant/channel",
    source: "RFC 9396, 9",
    examine: ({ claims, wanted }) =>
      decide(
        detailOf(claims).channel === wanted.channel,
        wanted.channel,
        detailOf(claims).channel,
        "grant-for-another-channel",
        "Ask for a grant for this channel.",
      ),
  },
  {
    name: "grant/digest",
    source: "RFC 9396, 9",
    examine: ({ claims, wanted }) =>
      decide(
        detailOf(claims).digest === wanted.digest,
        wanted.digest,
        detailOf(claims).digest,
        "grant-for-another-digest",
        "Ask for a grant for exactly this.",
      ),
  },
];

export function detailOf({ authorization_details: [details] }: Pick<GrantClaims, "authorization_details">): GrantDetails {
  return details;
}

/** What a resource server knows when a grant arrives. */
export interface GrantAround extends Pick<GrantSubject, "issuer" | "audience" | "thumbprint" | "wanted"> {
  /** govern's keys, as its JWKS has them. */
  readonly keys: readonly JWK[];
  readonly now: number;
}

/** Reads a grant without verifying it: what it says, for whoever verifies it then. */
export function readGrant(compact: string): Outcome<{ readonly token: Token; readonly claims: GrantClaims }> {
  const token = readToken(compact);
  if (!token.ok) return token;
  const claims = decode(grantClaims, token.value.claims, "the grant");
  return claims.ok ? { ok: true, value: { token: token.value, claims: claims.value } } : claims;
}

/** Judges a grant for what is wanted, given whose proof came with it (verify that first, with `grant` in its use). */
export async function verifyGrant(
  compact: string,
  { keys, now, ...around }: GrantAround,
  checks: readonly Check<GrantSubject>[] = grantChecks,
): Promise<Judgement<Token> & { readonly claims?: GrantClaims }> {
  const read = readGrant(compact);
  if (!read.ok) return stopped(read.refusal);
  const { token, claims } = read.value;
  const named = keys.filter(({ kid }) => kid === token.header.kid);
  const [key] = named;
  const valid = key !== undefined && (await isSignedBy(token, key));
  const subject = {
    ...around,
    candidate: token,
    claims,
    keys: named.length,
    valid,
    now,
    graceSeconds: 0,
    longestSeconds: longestGrantSeconds,
  };
  const judged = judge(subject, checks);
  return judged.outcome.ok ? { ...judged, claims } : judged;
}
