// SPDX-License-Identifier: Apache-2.0
import type { Loss } from "./loss.ts";
import type { Since } from "./since.ts";

export type Kind = "device root" | "policy" | "log" | "witness" | "key" | "identity" | "person" | "service" | "source";

export type Mark =
  | "expired"
  | "expires soon"
  | "review overdue"
  | "review soon"
  | "unreviewed"
  | "development custody"
  | "not active"
  | "unregistered"
  | "no use seen"
  | "cools off";

/** A time, and what makes it the one that counts. ISO 8601. */
export interface Dated {
  readonly time: string;
  readonly by: string;
}

/** Something that is trusted. Null is unknown: nobody who could be asked says it. */
export interface TrustRow {
  readonly kind: Kind;
  readonly name: string;
  readonly keyid: string | null;
  /** Roles and duties, each with its channel. */
  readonly for: readonly string[];
  readonly owner: string | null;
  readonly deputy: string | null;
  readonly custody: string | null;
  readonly machine: string | null;
  /** Since when without a break, by the witnessed entry of the document that began it. */
  readonly since: (Dated & { readonly orEarlier: boolean }) | null;
  /** The first of its ends: of the document that says so, of the key, of the review that is due. */
  readonly until: Dated | null;
  readonly lastUsed: Dated | null;
  readonly lastReviewed: string | null;
  readonly reviewBy: string | null;
  /** What its loss would mean, by channel and way, the nearest first; what is absent it cannot do with any others. */
  readonly loss: readonly Loss[];
  /** The same in words. */
  readonly means: string;
  readonly marks: readonly Mark[];
}

/** How long before an end it is said to come soon. */
export const soonDays = 30;

const day = 86_400_000;

/** What is to be said aloud of a row. `now` is Unix milliseconds. */
export function marksOf(
  row: Pick<TrustRow, "kind" | "until" | "lastReviewed" | "reviewBy" | "lastUsed"> & {
    readonly development: boolean;
    readonly status: string | undefined;
    readonly registered: boolean;
  },
  now: number,
): readonly Mark[] {
  const left = (time: string | undefined | null): number =>
    time === undefined || time === null ? Number.POSITIVE_INFINITY : Date.parse(time) - now;
  const ends = left(row.until?.time);
  const review = left(row.reviewBy);
  const reviewed = row.kind === "identity" || row.kind === "key" || row.kind === "witness" || row.kind === "log";
  const marks: readonly (readonly [boolean, Mark])[] = [
    [ends <= 0, "expired"],
    [ends > 0 && ends <= soonDays * day, "expires soon"],
    [review <= 0, "review overdue"],
    [review > 0 && review <= soonDays * day, "review soon"],
    [reviewed && row.lastReviewed === null && row.reviewBy === null, "unreviewed"],
    [row.development, "development custody"],
    [row.status !== undefined && row.status !== "active", "not active"],
    [row.kind === "identity" && !row.registered, "unregistered"],
    [reviewed && row.lastUsed === null, "no use seen"],
  ];
  return marks.filter(([holds]) => holds).map(([, mark]) => mark);
}

/** A row of which nothing is known yet. */
export function blank(kind: Kind, name: string): TrustRow {
  const unknown = { keyid: null, owner: null, deputy: null, custody: null, machine: null, since: null, until: null, lastUsed: null };
  return { kind, name, for: [], ...unknown, lastReviewed: null, reviewBy: null, loss: [], means: "", marks: [] };
}

/** The same for `marksOf`. */
export function plain(kind: Kind): Parameters<typeof marksOf>[0] {
  return { ...blank(kind, ""), development: false, status: undefined, registered: true };
}

/** A beginning as rows say it; null where no proof says when. */
export function dated(since: Since | undefined): TrustRow["since"] {
  return since === undefined || since.time === null ? null : { time: iso(since.time), by: since.by, orEarlier: since.orEarlier };
}

/** ISO 8601, from Unix seconds. */
export function iso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function earliest(ends: readonly Dated[]): Dated | null {
  return ends.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))[0] ?? null;
}

export function latest(uses: readonly Dated[]): Dated | null {
  return uses.toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time))[0] ?? null;
}
