// SPDX-License-Identifier: Apache-2.0
import { array, type Decoder, decode, json, open, optional, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { JWK } from "jose";
import { type Fetch, fetchJson } from "./bounded-fetch.ts";

/** The keys that an issuer signs with, as its discovery document leads to them (OpenID Connect Discovery 1.0, 4; RFC 7517). */
export interface IssuerKeys {
  /** Every key with this identifier: none, if the issuer does not have one now. */
  find(issuer: string, kid: string): Promise<Outcome<readonly JWK[]>>;
}

/** How long keys are taken from memory, and how soon an unknown identifier may make us ask again: a flood of made-up ones must not become the issuer's. */
const keepMilliseconds = 600_000;
const againMilliseconds = 10_000;

const discovery = open<{ readonly issuer: string; readonly jwks_uri: string }>({ issuer: text, jwks_uri: text });
const jwk: Decoder<JWK> = (value, at) => {
  open({ kty: text, kid: optional(text), alg: optional(text), use: optional(text) })(value, at);
  return json(value, at) as JWK;
};
const keySet = open<{ readonly keys: readonly JWK[] }>({ keys: array(jwk, 0, 100) });

/** Reads issuers' keys over HTTP and keeps them for a while. `now` is in Unix milliseconds. */
export function issuerKeys(fetching: Fetch, now: () => number): IssuerKeys {
  const kept = new Map<string, { readonly keys: readonly JWK[]; readonly time: number }>();
  return {
    async find(issuer, kid) {
      const known = kept.get(issuer);
      const age = known === undefined ? Number.POSITIVE_INFINITY : now() - known.time;
      const found = withKid(known?.keys ?? [], kid);
      if (age < (found.length > 0 ? keepMilliseconds : againMilliseconds)) return accept(found);
      const fetched = await fetchKeys(fetching, issuer);
      if (!fetched.ok) return fetched;
      kept.set(issuer, { keys: fetched.value, time: now() });
      return accept(withKid(fetched.value, kid));
    },
  };
}

function withKid(keys: readonly JWK[], kid: string): readonly JWK[] {
  return keys.filter((key) => key.kid === kid);
}

async function fetchKeys(fetching: Fetch, issuer: string): Promise<Outcome<readonly JWK[]>> {
  const about = await fetchJson(fetching, `${issuer}/.well-known/openid-configuration`);
  if (!about.ok) return about;
  const described = decode(discovery, about.value, "the discovery document");
  if (!described.ok) return described;
  if (described.value.issuer !== issuer)
    return refuse("discovery-issuer-differs", issuer, described.value.issuer.slice(0, 200), "Pin the issuer exactly as it names itself.");
  const served = await fetchJson(fetching, described.value.jwks_uri);
  if (!served.ok) return served;
  const keys = decode(keySet, served.value, "the issuer's keys");
  return keys.ok ? accept(keys.value.keys) : keys;
}
