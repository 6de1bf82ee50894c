// SPDX-License-Identifier: Apache-2.0
import { createHash, webcrypto } from "node:crypto";
import { type Check, decide, type Judgement, judge, stopped, type Verified } from "@countersign/trust/check";
import { type Decoder, decode, literal, Malformed, matching, open, optional } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { isSignedBy, readToken, signToken, type Token, type TokenSigner } from "./jws.ts";
import { seconds } from "./lifetime-checks.ts";

/** The public half of a proof's key, in the members that its thumbprint is of (RFC 7638, 3.2). */
export type ProofJwk =
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: string; readonly y: string }
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string };

/** A key made in this process, for this process: a grant is bound to it and worth nothing without it. */
export interface ProofKey extends TokenSigner {
  readonly jwk: ProofJwk;
  /** The key's thumbprint: `jkt`. */
  readonly thumbprint: string;
}

/** What a proof is for (RFC 9449, 4.2). */
export interface ProofUse {
  readonly method: string;
  readonly url: string;
  /** The nonce that the server gave. */
  readonly nonce?: string | undefined;
  /** The grant that goes with it. */
  readonly grant?: string | undefined;
}

/** How old a proof may be, in seconds, and how far ahead a client's clock. */
export const proofSeconds = 60;

const coordinate = matching(/^[A-Za-z0-9_-]{43}$/, "32 bytes in base64url");
const shapes = {
  EC: open<ProofJwk>({ kty: literal("EC"), crv: literal("P-256"), x: coordinate, y: coordinate }),
  OKP: open<ProofJwk>({ kty: literal("OKP"), crv: literal("Ed25519"), x: coordinate }),
};

/** Makes a key that cannot leave this process: its private half is not extractable. */
export async function proofKey(alg: TokenSigner["alg"] = "ES256"): Promise<ProofKey> {
  const { subtle } = webcrypto;
  const algorithm = alg === "ES256" ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } : { name: "Ed25519" };
  const { publicKey, privateKey } = (await subtle.generateKey(algorithm, false, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const { kty, crv, x, y } = await subtle.exportKey("jwk", publicKey);
  const jwk = (kty === "EC" ? { kty, crv, x, y } : { kty, crv, x }) as ProofJwk; // one of the two that were asked for
  return {
    alg,
    jwk,
    thumbprint: thumbprintOf(jwk),
    sign: async (message) => new Uint8Array(await subtle.sign(algorithm, privateKey, message)),
  };
}

/** SHA-256 of the key's required members in their order (RFC 7638), in base64url. */
export function thumbprintOf(jwk: ProofJwk): string {
  const members = jwk.kty === "EC" ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y } : { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}

/** Makes a proof. `id` is chance that never comes twice; `now` in Unix milliseconds. */
export function makeProof(key: ProofKey, { method, url, nonce, grant }: ProofUse, id: string, now: number): Promise<string> {
  const claims = {
    jti: id,
    htm: method,
    htu: targetOf(url),
    iat: Math.floor(now / 1000),
    ...(nonce === undefined ? {} : { nonce }),
    ...(grant === undefined ? {} : { ath: hashOf(grant) }),
  };
  return signToken({ typ: "dpop+jwt", jwk: key.jwk }, claims, key);
}

/** A proof, and all that its rules look at. */
export interface ProofSubject {
  readonly candidate: Token;
  readonly jwk: ProofJwk | undefined;
  readonly valid: boolean;
  readonly use: Omit<ProofUse, "nonce">;
  /** Whether a nonce is one of ours and still good; undefined where the server asks for none. */
  readonly isNonce: ((nonce: string) => boolean) | undefined;
  readonly now: number;
}

/** The rules of RFC 9449, 4.3, in its order. That a proof is not used twice is the caller's: `proofId` names it. */
export const proofChecks: readonly Check<ProofSubject>[] = [
  {
    name: "proof/type",
    source: "RFC 9449, 4.3 (4)",
    examine: ({ candidate: { header } }) =>
      decide(header.typ === "dpop+jwt", "typ dpop+jwt", header.typ ?? "none", "proof-type-differs", "Send a DPoP proof."),
  },
  {
    name: "proof/algorithm",
    source: "RFC 9449, 4.3 (5)",
    examine: ({ candidate: { header } }) =>
      decide(
        ["ES256", "EdDSA"].includes(header.alg),
        "ES256 or EdDSA",
        header.alg,
        "proof-algorithm-refused",
        "Make the key of one of these.",
      ),
  },
  {
    name: "proof/signature",
    source: "RFC 9449, 4.3 (6)",
    examine: ({ jwk, valid }) =>
      decide(
        jwk !== undefined && valid,
        "a signature by the public key in its header",
        jwk === undefined ? "no public P-256 or Ed25519 key" : valid ? "valid" : "invalid",
        "proof-signature-invalid",
        "Sign it with the key that it names, and send no private key.",
      ),
  },
  {
    name: "proof/method",
    source: "RFC 9449, 4.3 (8)",
    examine: ({ candidate: { claims }, use }) =>
      decide(claims["htm"] === use.method, use.method, String(claims["htm"]), "proof-method-differs", "Make a proof for each request."),
  },
  {
    name: "proof/target",
    source: "RFC 9449, 4.3 (9)",
    examine: ({ candidate: { claims }, use }) => {
      const expected = targetOf(use.url);
      const found = typeof claims["htu"] === "string" ? targetOf(claims["htu"]) : "none";
      return decide(found === expected, expected, found.slice(0, 200), "proof-target-differs", "Make a proof for each request.");
    },
  },
  {
    name: "proof/nonce",
    source: "RFC 9449, 8",
    examine: ({ candidate: { claims }, isNonce }) => {
      const nonce = claims["nonce"];
      return decide(
        isNonce === undefined || (typeof nonce === "string" && isNonce(nonce)),
        isNonce === undefined ? "no nonce is asked for" : "the nonce that was last given",
        typeof nonce === "string" ? nonce.slice(0, 64) : "none",
        "use_dpop_nonce",
        "Make the proof again with the nonce of the DPoP-Nonce header.",
      );
    },
  },
  {
    name: "proof/issued-at",
    source: "RFC 9449, 4.3 (11)",
    examine: ({ candidate, now }) => {
      const at = seconds(candidate, "iat");
      return decide(
        at !== undefined && Math.abs(now / 1000 - at) <= proofSeconds,
        `made within ${proofSeconds} s`,
        at === undefined ? "no time" : new Date(at * 1000).toISOString(),
        "proof-stale",
        "Make a proof for each request, and set the clock.",
      );
    },
  },
  {
    name: "proof/grant",
    source: "RFC 9449, 4.3 (12)",
    examine: ({ candidate: { claims }, use: { grant } }) =>
      decide(
        grant === undefined || claims["ath"] === hashOf(grant),
        grant === undefined ? "no grant goes with it" : hashOf(grant),
        typeof claims["ath"] === "string" ? claims["ath"].slice(0, 64) : "none",
        "proof-of-another-grant",
        "Make the proof with the grant that is sent.",
      ),
  },
  {
    name: "proof/once",
    source: "RFC 9449, 11.1",
    examine: ({ candidate: { claims } }) => {
      const id = claims["jti"];
      const found = typeof id === "string" ? id.slice(0, 64) : "none";
      return decide(
        typeof id === "string" && id.length >= 16 && id.length <= 128,
        "an identifier of 16 to 128 characters",
        found,
        "proof-unnamed",
        "Name each proof by chance.",
      );
    },
  },
];

export interface Proven {
  /** Of the key that made it. */
  readonly thumbprint: string;
  readonly id: string;
}

/** Reads and judges a proof: that whoever sent the request holds the key with this thumbprint. */
export async function verifyProof(
  proof: string | undefined,
  around: Omit<ProofSubject, "candidate" | "jwk" | "valid">,
  checks: readonly Check<ProofSubject>[] = proofChecks,
): Promise<Judgement<Token>> {
  const token =
    proof === undefined ? refuse("proof-missing", "a DPoP proof", "none", "Send one in the DPoP header (RFC 9449).") : readToken(proof);
  if (!token.ok) return stopped(token.refusal);
  const read = readJwk(token.value.header.jwk);
  const jwk = read.ok ? read.value : undefined;
  const valid = jwk !== undefined && (await isSignedBy(token.value, { ...jwk }));
  return judge({ ...around, candidate: token.value, jwk, valid }, checks);
}

/** Whose a verified proof is, and what of it may not come twice. */
export function provenBy({ header, claims }: Verified<Token>): Proven {
  const jwk = readJwk(header.jwk);
  const thumbprint = jwk.ok ? thumbprintOf(jwk.value) : "";
  return { thumbprint, id: `${thumbprint}:${String(claims["jti"])}` };
}

const publicMembers = { d: optional(absent), p: optional(absent), k: optional(absent) };

/** A public key of one of our two kinds; a private one is refused, since whoever sends it has given it away. */
function readJwk(value: unknown): Outcome<ProofJwk> {
  const isPublic = decode(open(publicMembers), value, "the proof's key");
  if (!isPublic.ok) return isPublic;
  const kty = (value as { readonly kty?: unknown }).kty;
  const shape: Decoder<ProofJwk> = kty === "OKP" ? shapes.OKP : shapes.EC;
  const read = decode(shape, value, "the proof's key");
  return read.ok ? accept(read.value) : read;
}

function absent(value: unknown, at: string): never {
  throw new Malformed(at, "a public key alone", value);
}

/** A target without query and fragment, as RFC 9449 compares it. */
function targetOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function hashOf(grant: string): string {
  return createHash("sha256").update(grant).digest("base64url");
}
