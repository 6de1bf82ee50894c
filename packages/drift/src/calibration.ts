// SPDX-License-Identifier: Apache-2.0
import type { Sighting } from "./assessment.ts";
import type { Bump } from "./bump.ts";
import type { Rates } from "./rates.ts";

/** What the detectors saw in one release that nobody ever complained about. */
export interface BenignSighting {
  readonly bump: Bump;
  readonly sightings: readonly Pick<Sighting, "signal">[];
}

/** Counts on how many benign releases of each kind each signal fired. A first release has nothing to be compared with, and does not count. */
export function ratesOf(benign: readonly BenignSighting[], source: string): Rates {
  const pairs = { patch: 0, minor: 0, major: 0 };
  const fired = new Map<string, { patch: number; minor: number; major: number }>();
  for (const { bump, sightings } of benign) {
    if (bump === "first") continue;
    pairs[bump]++;
    for (const { signal } of sightings) {
      const counts = fired.get(signal) ?? { patch: 0, minor: 0, major: 0 };
      counts[bump]++;
      fired.set(signal, counts);
    }
  }
  return { source, pairs, fired: Object.fromEntries([...fired].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** A release of one's own line says as much about the next as so many of strangers. */
export const OWN_WEIGHT = 10;

/** The rates of strangers with those of a line of one's own: what it does in each release weighs little in the next, and what nobody ever did weighs what it did before. */
export function withHistory(strangers: Rates, own: Rates): Rates {
  const kinds = ["patch", "minor", "major"] as const;
  const added = (a: Partial<Record<(typeof kinds)[number], number>> = {}, b: typeof a = {}) =>
    Object.fromEntries(kinds.map((kind) => [kind, (a[kind] ?? 0) + OWN_WEIGHT * (b[kind] ?? 0)])) as Record<(typeof kinds)[number], number>;
  const signals = [...new Set([...Object.keys(strangers.fired), ...Object.keys(own.fired)])].sort();
  return {
    source: `${own.source}, each counted ${OWN_WEIGHT} times, beside ${strangers.source}`,
    pairs: added(strangers.pairs, own.pairs),
    fired: Object.fromEntries(signals.map((signal) => [signal, added(strangers.fired[signal], own.fired[signal])])),
  };
}
