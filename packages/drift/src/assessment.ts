// SPDX-License-Identifier: Apache-2.0
import type { Bump } from "./bump.ts";
import type { Detector, Evidence, Group } from "./detector.ts";
import type { Pair } from "./pair.ts";
import { benignRate, bitsOf, type Rates } from "./rates.ts";

/** A signal that a release shows, and where. */
export interface Sighting {
  readonly signal: string;
  readonly group: Group;
  readonly title: string;
  readonly evidence: readonly Evidence[];
}

/** A signal with the weight it has for this kind of bump, and the rate that the weight comes from. */
export interface Weighed extends Sighting {
  readonly bits: number;
  /** How often a benign release of this kind shows it, 0 to 1. */
  readonly benign: number;
  /** False where another signal of its group weighs more: shown, and not added. */
  readonly counts: boolean;
}

export interface Assessment {
  readonly bits: number;
  /** The heaviest first. */
  readonly sightings: readonly Weighed[];
  /** What the rates were measured on. */
  readonly rates: string;
}

/** What the detectors see in a release beside the one before it. Nothing before it: nothing to compare, and next to nothing to see. */
export function sightingsOf(pair: Pair, detectors: readonly Detector[]): readonly Sighting[] {
  return detectors.flatMap(({ signal, group, title, detect }) => {
    const evidence = detect(pair);
    return evidence.length === 0 ? [] : [{ signal, group, title, evidence }];
  });
}

/** How unusual that is, in bits: the sum over groups of the heaviest signal in each. */
export function weigh(sightings: readonly Sighting[], bump: Bump, rates: Rates): Assessment {
  const heaviest = new Set<Group>();
  const weighed = sightings
    .map((sighting) => {
      const benign = benignRate(rates, sighting.signal, bump);
      return { ...sighting, benign, bits: bitsOf(benign) };
    })
    .toSorted((a, b) => b.bits - a.bits)
    .map((sighting): Weighed => {
      const counts = !heaviest.has(sighting.group);
      heaviest.add(sighting.group);
      return { ...sighting, counts };
    });
  const bits = weighed.reduce((sum, { counts, bits }) => sum + (counts ? bits : 0), 0);
  return { bits, sightings: weighed, rates: rates.source };
}

/** What a score means. Both are measured on benign releases: see `npm run replay -- --benign`. */
export type Level = "alert" | "notice" | "quiet";

export interface Thresholds {
  readonly alert: number;
  readonly notice: number;
}

export function levelOf(bits: number, { alert, notice }: Thresholds): Level {
  return bits >= alert ? "alert" : bits >= notice ? "notice" : "quiet";
}
