// SPDX-License-Identifier: Apache-2.0
import type { Fetch } from "./bounded-fetch.ts";

/**
 * Where the discovery documents of some issuers are fetched from instead, for hosts that reach the outside through a mirror. The mirror is then
 * believed for that issuer, as its TLS certificate would be: what it serves must still name the issuer exactly.
 */
export function viaPlaces(places: Readonly<Record<string, string>>, fetching: Fetch): Fetch {
  return (url, init) => {
    const from = Object.keys(places).find((issuer) => url === `${issuer}/.well-known/openid-configuration`);
    return fetching(from === undefined ? url : `${places[from]}/.well-known/openid-configuration`, init);
  };
}
