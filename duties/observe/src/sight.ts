// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@countersign/trust/refusal";
import type { Kind } from "./detector.ts";
import { type Finding, findingOf } from "./finding.ts";

/** When this observer last saw something new, and what has kept it from seeing since. */
export interface Sight {
  /** Unix milliseconds by its own clock, when a look last ended that read everything and brought a newer witnessed time; at first, when it began. */
  readonly seen: number;
  /** The newest witnessed time that it has seen, Unix seconds. */
  readonly time: number;
  readonly obstacle: Refusal | undefined;
}

/** How a look went: what it could not read, and the witnessed time that it brought. */
export interface Glance {
  readonly time: number;
  readonly obstacle: Refusal | undefined;
}

/** A look that reads what it read before is no sight of anything: witnesses cosign a quiet ledger, too, so time that stands still is a mirror that does. */
export function sightAfter(sight: Sight, { time, obstacle }: Glance, now: number): Sight {
  if (obstacle !== undefined || time <= sight.time) return { ...sight, obstacle };
  return { seen: now, time, obstacle: undefined };
}

/** Why it is blind; undefined where it saw something new within `seconds`. */
export function blindness({ seen, obstacle, time }: Sight, seconds: number, now: number): string | undefined {
  if (now - seen <= seconds * 1000) return undefined;
  return obstacle === undefined
    ? `nothing newer than witnessed time ${time} for ${seconds} s`
    : `${obstacle.code}: expected ${obstacle.expected}, found ${obstacle.found}`;
}

/** What an observer says instead of nothing. */
export const blind: Kind = {
  name: "blind",
  severity: "High",
  title: "This observer cannot see, or is shown nothing new",
  means:
    "Since the time that is named, this observer has read nothing that is newer than before. Whatever happened since, it did not see; somebody may want it so.",
  advice: "Let it read from another mirror over another network, and compare what they serve: countersign ledger verify",
};

/** One for each time that it goes blind. */
export function blindFinding(sight: Sight, reason: string, now: number): Finding {
  const { seen, time } = sight;
  return findingOf(blind, { about: [`${seen}`], evidence: { since: seen, time, reason } }, now);
}
