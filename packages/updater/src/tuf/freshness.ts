// SPDX-License-Identifier: Apache-2.0
import { type Freshness, strict } from "@countersign/trust/tuf/freshness";

/** Lazy for a while after each check, which the client's directory remembers. It risks what `Lazy` risks, for at most this long. */
export interface LazyFor {
  readonly kind: "lazy-for";
  readonly seconds: number;
}

/** The policy as `trust` knows it. Where the last check is unknown, or lies in the future since a clock was set, the repository is asked. */
export function freshnessSince(lastChecked: number | undefined, freshness: Freshness | LazyFor, now: number): Freshness {
  if (freshness.kind !== "lazy-for") return freshness;
  if (lastChecked === undefined || lastChecked > now) return strict;
  return { kind: "lazy", until: lastChecked + freshness.seconds * 1000 };
}
