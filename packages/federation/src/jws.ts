// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from "node:crypto";
import { type Decoder, decodeBytes, json, open, optional, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type CryptoKey, compactVerify, importJWK, type JWK } from "jose";

/** Bytes of a token that anybody may send us. */
const longestToken = 16_384;

export interface Header {
  readonly alg: string;
  readonly typ?: string | undefined;
  readonly kid?: string | undefined;
  readonly jwk?: unknown;
  readonly x5c?: unknown;
}

/** A signed token as it was sent (RFC 7515, compact): read, and nothing of it verified. */
export interface Token {
  readonly compact: string;
  readonly header: Header;
  readonly claims: Readonly<Record<string, unknown>>;
}

const any: Decoder<unknown> = (value, at) => (value === undefined ? undefined : json(value, at));
const header = open<Header>({ alg: text, typ: optional(text), kid: optional(text), jwk: any, x5c: any });
const claims: Decoder<Token["claims"]> = (value, at) => {
  open({})(value, at);
  return json(value, at) as Token["claims"];
};

/** Reads a token. Refused: three parts that are not base64url of strict JSON objects, or too many bytes. */
export function readToken(compact: string): Outcome<Token> {
  const parts = compact.split(".", 4);
  const [first = "", second = "", third = ""] = parts;
  if (compact.length > longestToken || parts.length !== 3 || ![first, second, third].every((part) => /^[A-Za-z0-9_-]+$/.test(part)))
    return refuse(
      "token-malformed",
      `a signed token in compact form, of at most ${longestToken} bytes`,
      `${parts.length} parts, ${compact.length} bytes`,
      "Send the token as its issuer made it.",
    );
  const head = decodeBytes(header, Buffer.from(first, "base64url"), "the token's header");
  if (!head.ok) return head;
  const body = decodeBytes(claims, Buffer.from(second, "base64url"), "the token's claims");
  return body.ok ? accept({ compact, header: head.value, claims: body.value }) : body;
}

/** What was found of a token's signature. */
export interface SignatureEvidence {
  /** How many keys it could be by; a token is by exactly one. */
  readonly keys: number;
  readonly valid: boolean;
}

/** Whether the token is signed by this key, with the algorithm of its header and no other; jose refuses critical parameters that it does not know. */
export async function isSignedBy({ compact, header }: Token, key: JWK | KeyObject | CryptoKey): Promise<boolean> {
  try {
    const usable = isJwk(key) ? await importJWK(key, header.alg) : key;
    await compactVerify(compact, usable, { algorithms: [header.alg] });
    return true;
  } catch {
    return false; // a key of another kind, an algorithm that does not fit it, or a signature that is not one: all the same no
  }
}

function isJwk(key: JWK | KeyObject | CryptoKey): key is JWK {
  return "kty" in key;
}

/** What signs tokens of ours: a key in custody, or one of this process. */
export interface TokenSigner {
  readonly alg: "ES256" | "EdDSA";
  readonly kid?: string;
  /** As JWS has signatures (RFC 7518, 3.4): r and s of 32 bytes each for ES256; `plainEcdsa` makes that of DER. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Signs a token (RFC 7515, compact). */
export async function signToken(head: Readonly<Record<string, unknown>>, body: object, signer: TokenSigner): Promise<string> {
  const { alg, kid } = signer;
  const message = `${encoded({ ...head, alg, ...(kid === undefined ? {} : { kid }) })}.${encoded(body)}`;
  const signature = await signer.sign(Buffer.from(message));
  return `${message}.${Buffer.from(signature).toString("base64url")}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** A P-256 signature as JWS has it, from the DER that keys in custody make. */
export function plainEcdsa(der: Uint8Array): Uint8Array {
  const plain = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const bytes = der.subarray(at + 2, at + 2 + length);
    const digits = bytes.subarray(Math.max(0, bytes.length - 32));
    plain.set(digits, end - digits.length);
    at += 2 + length;
  }
  return plain;
}
