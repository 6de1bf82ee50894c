// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "@countersign/trust/digest";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { steppingStones } from "@countersign/trust/release/stepping-stones";

/** Whose head it is. */
export type Place = Pick<Head, "product" | "platform" | "channel">;

/** Releases that stay in a head because they are new. What an order names and what devices step over stays besides, however old. */
const NEWEST_RELEASES = 8;

/**
 * The head after one more release or order. An entry takes the place of one with its own number, and older releases leave, so
 * that a head stays small whatever its history. Says nothing about whether the entry may be there: that is for the checks, and
 * they recompute it with this very function.
 */
export function nextHead(previous: Head | undefined, place: Place, entry: Entry<Statement> | Entry<Order>): Head {
  const { releases = [], orders = [] } = previous ?? {};
  const nextOrders = isOrder(entry) ? insert(orders, entry, (order) => order.number) : orders;
  const nextReleases = isOrder(entry) ? releases : insert(releases, entry, (release) => release.sequence);
  return {
    _type: "head",
    spec: "countersign/1",
    product: place.product,
    platform: place.platform,
    channel: place.channel,
    releases: prune(nextReleases, new Set([...namedBy(nextOrders), ...steppingStones(nextReleases, nextOrders)])),
    orders: nextOrders,
  };
}

function isOrder(entry: Entry<Statement> | Entry<Order>): entry is Entry<Order> {
  return entry.body._type === "order";
}

function insert<T>(entries: readonly Entry<T>[], entry: Entry<T>, numberOf: (body: T) => number): readonly Entry<T>[] {
  const number = numberOf(entry.body);
  return [...entries.filter(({ body }) => numberOf(body) < number), entry, ...entries.filter(({ body }) => numberOf(body) > number)];
}

function namedBy(orders: readonly Entry<Order>[]): ReadonlySet<Digest | null> {
  return new Set(orders.flatMap(({ body }) => [body.release, body.to]));
}

function prune(releases: readonly Entry<Statement>[], kept: ReadonlySet<Digest | null>): readonly Entry<Statement>[] {
  const oldestOfNew = releases.length - NEWEST_RELEASES;
  return releases.filter(({ digest }, index) => index >= oldestOfNew || kept.has(digest));
}
