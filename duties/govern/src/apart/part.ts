// SPDX-License-Identifier: Apache-2.0
import { conflictOf, type Power } from "./conflicts.ts";
import { behind, type Link, type Register } from "./tenure.ts";

/** The part that somebody had in a release or an order, or is about to have: they used a power on it. */
export interface Part {
  readonly power: Power;
  /** The identity or person whose key or credential it was. */
  readonly by: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The first two parts in conflict that one hand is behind by these links, in words; undefined where none is. `now` is Unix milliseconds. */
export function meetingOf(parts: readonly Part[], register: Register, now: number, by: readonly Link[]): string | undefined {
  if (by.length === 0) return undefined;
  const hands = parts.map((part) => behind(register, part.by, { at: part.at, now }, by));
  for (const [index, one] of parts.entries())
    for (const [before, other] of parts.slice(0, index).entries()) {
      const conflict = conflictOf(one.power, other.power);
      const who = conflict && [...(hands[index] ?? [])].find((name) => hands[before]?.has(name));
      if (who !== undefined) return `${who} is behind ${other.by} (${other.power}) and ${one.by} (${one.power}): ${conflict?.because}`;
    }
  return undefined;
}
