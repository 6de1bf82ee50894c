// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import type { GrantAround, Wanted } from "@countersign/federation/grant";
import { array, type Decoder, decode, json, open } from "@countersign/trust/decode";
import { accept, type Outcome } from "@countersign/trust/refusal";

/** A grant in use: what govern is shown of the request that came with it. */
export interface GrantUse {
  readonly grant: string;
  readonly proof: string;
  readonly method: "POST";
  readonly url: string;
  readonly audience: string;
  readonly wanted: Wanted;
}

/** A server's keys, as its JWKS has them. */
type Keys = GrantAround["keys"];

/** govern, as a server that takes its grants asks it. What it says can refuse a certificate, and can get none. */
export interface GrantServer {
  /** The name under which it issues. */
  readonly issuer: string;
  keys(): Promise<Outcome<Keys>>;
  /** Counts one use. Refused where the window is closed, the identity suspended or no use left. */
  use(use: GrantUse): Promise<Outcome<unknown>>;
}

const jwk: Decoder<Keys[number]> = (value, at) => json(value, at) as Keys[number]; // whatever it is, jose imports it or it verifies nothing
const keySet = open<{ readonly keys: Keys }>({ keys: array(jwk, 0, 16) });

export function grantServer(issuer: string, url: string): GrantServer {
  return {
    issuer,
    keys: () =>
      request(`${url}/jwks`, {}, (answer) => {
        const set = decode(keySet, answer, "govern's keys");
        return set.ok ? accept(set.value.keys) : set;
      }),
    use: (use) => {
      const headers = { "content-type": "application/json" };
      return request(`${url}/grants/use`, { method: "POST", headers, body: JSON.stringify(use) }, accept);
    },
  };
}
