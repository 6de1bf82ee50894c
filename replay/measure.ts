// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Assessment, type Sighting, sightingsOf, weigh } from "@countersign/drift/assessment";
import { type Bump, bumpOf } from "@countersign/drift/bump";
import { ratesOf } from "@countersign/drift/calibration";
import { contentsOf } from "@countersign/drift/contents";
import { detectors } from "@countersign/drift/detectors";
import type { Pair, Snapshot } from "@countersign/drift/pair";
import type { BenignPair } from "./choose.ts";
import { tarball } from "./npm-registry.ts";
import { filesOf } from "./npm-tarball.ts";

/** The pairs that figures are about: by name, version and hash. Their tarballs are the registry's. */
export function committedPairs(): readonly BenignPair[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "pairs.json"), "utf8")) as readonly BenignPair[]; // written by `replay choose`
}

/** A pair with what was seen in it. */
export interface Seen {
  readonly pair: BenignPair;
  readonly bump: Bump;
  readonly sightings: readonly Sighting[];
}

/** Fetches and looks into each pair, one at a time. */
export async function lookAt(pairs: readonly BenignPair[], progress: (text: string) => void): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const [index, pair] of pairs.entries()) {
    progress(`${index + 1} of ${pairs.length}: ${pair.name} ${pair.before.version} to ${pair.after.version}`);
    const { bump, ...rest } = await fetchPair(pair);
    seen.push({ pair, bump, sightings: sightingsOf({ bump, ...rest }, detectors) });
  }
  return seen;
}

async function fetchPair({ name, before, after }: BenignPair): Promise<Pair> {
  const snapshot = async ({ version, integrity }: BenignPair["after"]): Promise<Snapshot> => ({
    version,
    contents: await contentsOf(filesOf(await tarball({ name, version, integrity }))),
  });
  return { before: await snapshot(before), after: await snapshot(after), bump: bumpOf(before.version, after.version) };
}

export interface Scored extends Seen {
  readonly assessment: Assessment;
}

/** Scores each half with the rates of the other, so that no release weighs in what it is weighed with. */
export function crossScore(seen: readonly Seen[]): readonly Scored[] {
  const half = (set: BenignPair["set"]): readonly Seen[] => seen.filter(({ pair }) => pair.set === set);
  const rates = { calibration: ratesOf(half("held-out"), "the other half"), "held-out": ratesOf(half("calibration"), "the other half") };
  return seen
    .map((each) => ({ ...each, assessment: weigh(each.sightings, each.bump, rates[each.pair.set]) }))
    .toSorted((a, b) => b.assessment.bits - a.assessment.bits);
}
