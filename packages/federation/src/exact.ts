// SPDX-License-Identifier: Apache-2.0
import { type Decoder, Malformed, matching } from "@countersign/trust/decode";

/** What a pattern is made of. Values are compared to the byte, so one of these would be a pin that means nothing, or a belief that it means more. */
const patterns = /[*?\\|[\]{}^$]|\.\+|\p{Cc}|^\s|\s$/u;

/** A prefix: what ends where the issuer's next part would begin. */
const prefix = /[/:@]$/;

/** One value, in full. Refused: nothing, a wildcard, a regular expression, a prefix. */
export const exact: Decoder<string> = (value, at) => {
  if (typeof value !== "string" || value === "") throw new Malformed(at, "one exact value, never an empty one", value);
  if (patterns.test(value)) throw new Malformed(at, "one exact value, no wildcard and no pattern", value);
  if (prefix.test(value)) throw new Malformed(at, "one exact value, no prefix", value);
  if (value.length > 512) throw new Malformed(at, "at most 512 characters", value);
  return value;
};

/** An exact value of a certain form. */
export function exactly(pattern: RegExp, description: string): Decoder<string> {
  const form = matching(pattern, description);
  return (value, at) => form(exact(value, at), at);
}

/**
 * An issuer as OpenID Connect Discovery 1.0 compares it: character by character. So there is one spelling of each: https (http for this machine
 * alone), no slash at the end, no query, fragment or user, and what a URL parser makes of it is what it was.
 */
export const issuer: Decoder<string> = (value, at) => {
  const given = exact(typeof value === "string" && value.endsWith("/") ? refuseSlash(value, at) : value, at);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !isGuarded(url)) throw new Malformed(at, "an https URL (http only on this machine)", value);
  const spelling = url.origin + (url.pathname === "/" ? "" : url.pathname);
  if (spelling !== given) throw new Malformed(at, `the issuer in its one spelling, like ${spelling}`, value);
  return given;
};

/** Whether what comes from there comes from who is named: TLS, or this machine itself. */
export function isGuarded({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname));
}

function refuseSlash(value: string, at: string): never {
  throw new Malformed(at, "an issuer without a slash at the end: with and without are two issuers", value);
}
