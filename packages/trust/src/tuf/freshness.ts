// SPDX-License-Identifier: Apache-2.0
import type { Check } from "../check.ts";
import { accept } from "../refusal.ts";

/**
 * The repository is asked at every refresh, and what has expired is refused (TUF 5). The only policy under which a stop arrives at once.
 */
export interface Strict {
  readonly kind: "strict";
}

/**
 * Until a time, what is in the local store is used without asking, if it is whole and has not expired. Then, or where it is not, as strict.
 *
 * The risk: whatever was published since the last refresh, a withdrawn target or a revoked key included, is not seen until then. A mirror
 * gains nothing by it, since it is not asked.
 */
export interface Lazy {
  readonly kind: "lazy";
  /** Unix milliseconds. Usually the time of the last refresh and an allowance. */
  readonly until: number;
}

/**
 * Until a time, nothing is asked for, and what is in the local store is used although it has expired. Then as strict.
 *
 * The risk: all of TUF's protection against freezing is given up until then. Whoever can keep the machine from the network, or write its
 * store with old but genuine files, decides how old what it uses is, down to the root it began with. Signatures, versions and hashes are
 * verified as always.
 */
export interface Offline {
  readonly kind: "offline";
  /** Unix milliseconds. */
  readonly until: number;
}

/** How old what is trusted may be: somebody has to choose, and to know what it costs. */
export type Freshness = Strict | Lazy | Offline;

export const strict: Strict = { kind: "strict" };

/** The policy that holds at `now`. */
export function freshnessAt(freshness: Freshness, now: number): Freshness {
  return freshness.kind !== "strict" && now < freshness.until ? freshness : strict;
}

/** The last one that a `Date` can hold. */
const lastMoment = 8.64e15;

/** The same rules, with an expiry that is noted instead of refused while the policy is offline; nothing else is let pass. */
export function tolerating<S>(checks: readonly Check<S>[], freshness: Freshness): readonly Check<S>[] {
  if (freshness.kind !== "offline") return checks;
  const until = new Date(Math.min(freshness.until, lastMoment)).toISOString();
  return checks.map((check) =>
    check.name.endsWith("/expiry")
      ? {
          ...check,
          examine(subject) {
            const judged = check.examine(subject);
            if (judged.ok) return judged;
            return accept({ expected: `${judged.refusal.expected}, or offline until ${until}`, found: judged.refusal.found });
          },
        }
      : check,
  );
}
