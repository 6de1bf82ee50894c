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
