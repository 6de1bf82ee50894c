// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Token } from "./jws.ts";

/** How far two clocks may be apart, in seconds, either way. */
export const skewSeconds = 30;

/** A token at a time, in Unix milliseconds. */
export interface Timed {
  readonly candidate: Token;
  readonly now: number;
  /** How long a token counts past its expiry: `skewSeconds` for another's clock, 0 for what we issue ourselves. */
  readonly graceSeconds: number;
  /** How long a token of this kind may live at most. */
  readonly longestSeconds: number;
}

/** When a token may be used (RFC 7519, 4.1.4 to 4.1.6). Each time is demanded: a token that does not say is refused. */
export const lifetimeChecks: readonly Check<Timed>[] = [
  {
    name: "token/expiry",
    source: "RFC 7519, 4.1.4",
    examine: ({ candidate, now, graceSeconds }) => {
      const at = seconds(candidate, "exp");
      return decide(
        at !== undefined && now < (at + graceSeconds) * 1000,
        "a time of expiry that has not passed",
        written(at),
        "token-expired",
        "Ask the issuer for a new token.",
      );
    },
  },
  {
    name: "token/not-before",
    source: "RFC 7519, 4.1.5",
    examine: ({ candidate, now }) => {
      const at = seconds(candidate, "nbf");
      return decide(
        candidate.claims["nbf"] === undefined || (at !== undefined && now >= (at - skewSeconds) * 1000),
        "valid already",
        at === undefined ? "no other time named" : written(at),
        "token-not-yet-valid",
        "Wait, or set this host's clock.",
      );
    },
  },
  {
    name: "token/issued-at",
    source: "RFC 7519, 4.1.6",
    examine: ({ candidate, now }) => {
      const at = seconds(candidate, "iat");
      return decide(
        at !== undefined && now >= (at - skewSeconds) * 1000,
        "issued before now",
        written(at),
        "token-from-the-future",
        "Set this host's clock, or the issuer's.",
      );
    },
  },
  {
    name: "token/lifetime",
    source: "OWASP NHI7:2025",
    examine: ({ candidate, longestSeconds }) => {
      const lasts = (seconds(candidate, "exp") ?? Number.POSITIVE_INFINITY) - (seconds(candidate, "iat") ?? 0);
      return decide(
        lasts > 0 && lasts <= longestSeconds,
        `a life of at most ${longestSeconds} s`,
        `${lasts} s`,
        "token-too-long-lived",
        "Ask for a token that dies with its job.",
      );
    },
  },
];

/** A time of a token in whole seconds; undefined where it is none. */
export function seconds({ claims }: Pick<Token, "claims">, name: "exp" | "nbf" | "iat"): number | undefined {
  const value = claims[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value < 100_000_000_000 ? value : undefined;
}

function written(at: number | undefined): string {
  return at === undefined ? "none" : new Date(at * 1000).toISOString();
}
