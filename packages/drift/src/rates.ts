// SPDX-License-Identifier: Apache-2.0
import type { Bump } from "./bump.ts";

/** How often a signal fired on releases that nobody ever complained about. */
export interface Rate {
  readonly fired: number;
  readonly of: number;
}

/** Base rates as they were measured: data, which `countersign observe calibrate` measures again. */
export interface Rates {
  /** What was measured, for whoever reads a finding. */
  readonly source: string;
  /** Pairs looked at, by kind of bump. */
  readonly pairs: Readonly<Record<Exclude<Bump, "first">, number>>;
  /** By signal and kind of bump, how many of these pairs it fired on. A signal that is not here never did. */
  readonly fired: Readonly<Record<string, Readonly<Partial<Record<Exclude<Bump, "first">, number>>>>>;
}

/** Signals that need what packages alone do not tell have a rate of their own, over all bumps: measured elsewhere, with its source beside it. */
export interface CircumstanceRate extends Rate {
  readonly source: string;
}

const assumed = "not measured anywhere: taken as 2 of 100 until a stream has a history of its own";

export const circumstanceRates: Readonly<Record<string, CircumstanceRate>> = {
  "dormant-180": { fired: 192, of: 15_773, source: "15,773 gaps between tags of 64 repositories" },
  "dormant-365": { fired: 58, of: 15_773, source: "15,773 gaps between tags of 64 repositories" },
  "dormant-730": { fired: 8, of: 15_773, source: "15,773 gaps between tags of 64 repositories" },
  burst: { fired: 275, of: 14_495, source: "14,495 stable releases of 64 repositories" },
  "intent-missing": { fired: 39, of: 2_894, source: "2,894 versions of 52 packages against their tags" },
  "publisher-changed": { fired: 1, of: 200, source: "200 consecutive releases of 50 packages" },
  "origin-downgraded": { fired: 2, of: 100, source: assumed },
  "custody-downgraded": { fired: 2, of: 100, source: assumed },
  "dependency-young": { fired: 2, of: 100, source: assumed },
  "privilege-undeclared": { fired: 2, of: 100, source: assumed },
};

/** What one signal may weigh at most: a stream has to earn more than this with a history of its own. */
export const CAP_BITS = 7;
/** How many pairs of any kind the rate of one kind starts from: few majors prove little. */
const PRIOR_PAIRS = 10;

/** How often a signal fires on a benign release of this kind: its own rate, drawn towards that of all kinds where pairs are few. */
export function benignRate({ pairs, fired }: Rates, signal: string, bump: Bump): number {
  const elsewhere = circumstanceRates[signal];
  if (elsewhere !== undefined) return (elsewhere.fired + 0.5) / (elsewhere.of + 1);
  const own = fired[signal] ?? {};
  const kinds = Object.keys(pairs) as (keyof typeof pairs)[];
  const all = kinds.reduce((sum, kind) => ({ fired: sum.fired + (own[kind] ?? 0), of: sum.of + pairs[kind] }), { fired: 0, of: 0 });
  const overall = (all.fired + 0.5) / (all.of + 1);
  if (bump === "first") return overall;
  return ((own[bump] ?? 0) + PRIOR_PAIRS * overall) / (pairs[bump] + PRIOR_PAIRS);
}

/** The weight of a signal: how surprising it is, in bits. */
export function bitsOf(rate: number): number {
  return Math.min(CAP_BITS, -Math.log2(rate));
}
