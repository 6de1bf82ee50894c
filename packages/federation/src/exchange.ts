// SPDX-License-Identifier: Apache-2.0
import { type Decoder, decode, integer, literal, open, optional, text } from "@countersign/trust/decode";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import { type BoundedAnswer, type Fetch, fetchBounded } from "./bounded-fetch.ts";
import type { GrantDetails } from "./details.ts";
import { makeProof, type ProofKey } from "./dpop.ts";

export const exchangeGrantType = "urn:ietf:params:oauth:grant-type:token-exchange";

/** What is exchanged: an issuer's token, or an assertion signed by a certificate's key. */
export const subjectTokenTypes = {
  token: "urn:ietf:params:oauth:token-type:id_token",
  certificate: "urn:ietf:params:oauth:token-type:jwt",
} as const;

/** Time, chance and network, as the caller has them. */
export interface Surroundings {
  readonly fetch: Fetch;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A text of chance, of 16 characters or more, that never comes twice. */
  readonly id: () => string;
}

export interface ExchangeRequest {
  /** govern's token endpoint. */
  readonly url: string;
  /** The identity that is spoken for. */
  readonly identity: string;
  readonly subject: keyof typeof subjectTokenTypes;
  readonly subjectToken: string;
  /** The resource server that will take the grant; govern itself, if not told. */
  readonly audience?: string | undefined;
  readonly details: GrantDetails;
  readonly key: ProofKey;
}

/** A grant in hand: worth something only together with the key it is bound to. */
export interface Granted {
  readonly grant: string;
  readonly key: ProofKey;
  readonly expiresIn: number;
  /** What a daemon shows next time. */
  readonly renewal?: string | undefined;
}

const answer = open<{
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly renewal?: string | undefined;
}>({
  access_token: text,
  token_type: literal("DPoP"),
  expires_in: integer(1),
  renewal: optional(text),
});
const refusal = open<Omit<Refusal, "check"> & { readonly check?: string | undefined }>({
  code: text,
  expected: text,
  found: text,
  remedy: text,
  check: optional(text),
}) as Decoder<Refusal>; // `open` leaves out what is not there
const refused = open<{ readonly error: string; readonly error_description: string | undefined; readonly refusal: Refusal | undefined }>({
  error: text,
  error_description: optional(text),
  refusal: optional(refusal),
});

/**
 * Exchanges a token for a grant (RFC 8693), with a DPoP proof (RFC 9449). The first answer may ask for a nonce; then it asks once more, with the same
 * token, which govern has not used up: it looks at proof and nonce first.
 */
export async function exchangeToken(request: ExchangeRequest, around: Surroundings): Promise<Outcome<Granted>> {
  const first = await ask(request, around, undefined);
  if (!first.ok) return first;
  const nonce = first.value.headers.get("dpop-nonce") ?? undefined;
  const again = first.value.status !== 200 && nonce !== undefined && errorIn(first.value) === "use_dpop_nonce";
  const last = again ? await ask(request, around, nonce) : first;
  return last.ok ? read(last.value, request) : last;
}

/** The headers of a request to a resource server that is made under a grant (RFC 9449, 7.1). */
export async function grantHeaders(
  { grant, key }: Pick<Granted, "grant" | "key">,
  { method, url, nonce }: { readonly method: string; readonly url: string; readonly nonce?: string | undefined },
  { now, id }: Pick<Surroundings, "now" | "id">,
): Promise<{ readonly authorization: string; readonly dpop: string }> {
  return { authorization: `DPoP ${grant}`, dpop: await makeProof(key, { method, url, nonce, grant }, id(), now()) };
}

async function ask(request: ExchangeRequest, { fetch, now, id }: Surroundings, nonce: string | undefined): Promise<Outcome<BoundedAnswer>> {
  const { url, identity, subject, subjectToken, audience, details, key } = request;
  const form = new URLSearchParams({
    grant_type: exchangeGrantType,
    client_id: identity,
    subject_token: subjectToken,
    subject_token_type: subjectTokenTypes[subject],
    authorization_details: JSON.stringify([details]),
    ...(audience === undefined ? {} : { audience }),
  });
  return fetchBounded(fetch, url, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      dpop: await makeProof(key, { method: "POST", url, nonce }, id(), now()),
    },
    body: form.toString(),
  });
}

function read({ status, bytes }: BoundedAnswer, { url, key }: ExchangeRequest): Outcome<Granted> {
  const json = parseJson(bytes, defaultLimits);
  if (!json.ok) return json;
  if (status === 200) {
    const granted = decode(answer, json.value, "the grant");
    if (!granted.ok) return granted;
    const { access_token: grant, expires_in: expiresIn, renewal } = granted.value;
    return accept({ grant, key, expiresIn, ...(renewal === undefined ? {} : { renewal }) });
  }
  const no = decode(refused, json.value, "a refusal");
  if (no.ok && no.value.refusal !== undefined) return { ok: false, refusal: no.value.refusal };
  return refuse(
    "exchange-refused",
    `a grant from ${url}`,
    no.ok ? `${no.value.error}: ${no.value.error_description ?? ""}` : `status ${status}`,
    "See the log of govern.",
  );
}

function errorIn({ bytes }: BoundedAnswer): string | undefined {
  const json = parseJson(bytes, defaultLimits);
  const no = json.ok ? decode(refused, json.value, "a refusal") : json;
  return no.ok ? no.value.error : undefined;
}
