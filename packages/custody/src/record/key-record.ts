// SPDX-License-Identifier: Apache-2.0
import type { Algorithm } from "../algorithm.ts";
import type { PublicHalf } from "../key.ts";

/** What is known of a key beside the key: whose it is, what for, until when, and how much it was used. Times are RFC 3339 in UTC to the second. */
export interface KeyRecord {
  readonly keyid: string;
  readonly algorithm: Algorithm;
  /** Where the private half lives. */
  readonly custody: string;
  /** The person who answers for it. */
  readonly owner: string;
  readonly purpose: string;
  readonly created: string;
  /** From then on it signs nothing more. */
  readonly expires: string;
  /** How many signatures it gives in all. */
  readonly limit: number;
  readonly nextReview: string;
  /** How many it has given, or was about to. */
  readonly signatures: number;
  readonly lastUse: string | null;
  /** The keyid of the key that is to take its place. */
  readonly successor: string | null;
}

/** What whoever makes a key says of it. */
export interface KeyFacts {
  readonly owner: string;
  readonly purpose: string;
  readonly expires?: string;
  readonly limit?: number;
  readonly nextReview?: string;
}

const DAY = 86_400_000;
/** What holds unless it is told: a year and a month, so that a yearly rotation has a month to happen in; a review each quarter. */
export const defaults = { validDays: 395, reviewDays: 90, limit: 10_000 } as const;

/** The record of a key that was just made, at `now` (Unix milliseconds). */
export function newRecord({ keyid, algorithm, custody }: PublicHalf, facts: KeyFacts, now: number): KeyRecord {
  const { owner, purpose, limit = defaults.limit } = facts;
  const { expires = dateTime(now + defaults.validDays * DAY), nextReview = dateTime(now + defaults.reviewDays * DAY) } = facts;
  const unused = { signatures: 0, lastUse: null, successor: null };
  return { keyid, algorithm, custody, owner, purpose, created: dateTime(now), expires, limit, nextReview, ...unused };
}

/** RFC 3339 in UTC to the second, from Unix milliseconds. */
export function dateTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
