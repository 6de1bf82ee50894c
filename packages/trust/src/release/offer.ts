// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "../digest.ts";
import type { LedgerTrust } from "../ledger/checkpoint.ts";
import { publicSince } from "../ledger/inclusion.ts";
import type { ChannelRules } from "../policy/policy.ts";
import type { Outcome } from "../refusal.ts";
import { deniableNames, denialOf } from "../revocation/deniable.ts";
import type { Denial } from "../revocation/list.ts";
import { liftedDenials, rolloutOrders, type Standing } from "./choice.ts";
import { soakEnd } from "./entry-checks.ts";
import type { Entry, Head } from "./head.ts";
import { narrows, type Order } from "./order.ts";
import { hasTurn, type Rollout, rolloutAt, rolloutPoint } from "./rollout.ts";
import type { Statement } from "./statement.ts";

/** Everything by which a device sees a head. Times are witnessed, Unix seconds. */
export interface OfferFacts {
  /** With the orders that hold; see `standingHead`. */
  readonly head: Head;
  /** Releases that are stopped by orders that do not hold. */
  readonly blocked: ReadonlySet<Digest>;
  /** The rules of the channel by each policy that judges now: the longest soak counts. */
  readonly rules: readonly [ChannelRules, ...ChannelRules[]];
  readonly ledger: LedgerTrust;
  readonly time: number;
  readonly device: string;
  /** Releases of a lower epoch are never run here again. */
  readonly epochFloor: number;
  /** Every denial that was ever verified. */
  readonly denials: readonly Denial[];
  /** When a release was unwell here, by its digest. */
  readonly unwell: Readonly<Record<string, number>>;
}

/** How the releases of a head stand for one device. */
export interface Offer extends Standing {
  /** When the soak of a release ends. */
  soakEnd(release: Entry<Statement>): Outcome<number>;
  /** When the last soak ends on which it hangs that this release is installed: its own, or that of an order which lifts, widens or resumes it. */
  lastSoakEnd(release: Entry<Statement>): Outcome<number>;
  rollout(release: Entry<Statement>): Rollout;
}

/** What a head offers a device, before a release is chosen and judged. Pure: nothing in a head that this does not yield has effect. */
export function offerOf({ head, blocked, rules, ledger, time, device, epochFloor, denials, unwell }: OfferFacts): Offer {
  const latestSoakEnd = (candidate: Entry<Statement> | Entry<Order>): Outcome<number> =>
    rules.map((each) => soakEnd({ candidate, rules: each, ledger })).reduce(later);

  /** What narrows acts from its entry on, and where even that cannot be read, it has always acted. */
  const actsFrom = (order: Entry<Order>): number => {
    const narrow = narrows(order.body);
    const from = narrow ? publicSince(order.proof, ledger) : latestSoakEnd(order);
    return from.ok ? from.value : narrow ? 0 : Number.POSITIVE_INFINITY;
  };

  /** What was unwell is tried again once an order resumed it after that. */
  const isUnwell = (release: Digest): boolean => {
    const at = unwell[release];
    const resumed = rolloutOrders(head, release)
      .filter(({ body }) => body.action === "resume")
      .map(actsFrom);
    return at !== undefined && !resumed.some((from) => from > at && from <= time);
  };

  const rollout = (release: Entry<Statement>): Rollout => {
    const end = latestSoakEnd(release);
    const changes = rolloutOrders(head, release.digest).map((order) => ({ order: order.body, at: actsFrom(order) }));
    return rolloutAt(release.body.rollout.overSeconds, end.ok ? end.value : Number.POSITIVE_INFINITY, changes, time);
  };

  return {
    denied: (release) =>
      blocked.has(release.digest) ||
      isUnwell(release.digest) ||
      denialOf(deniableNames(release), denials, time, liftedDenials(head, release.digest)) !== undefined,
    barred: (release) => release.body.epoch < epochFloor,
    waits: (release) => !hasTurn(rollout(release), rolloutPoint(release.digest, device)),
    soakEnd: latestSoakEnd,
    lastSoakEnd: (release) =>
      head.orders
        .filter(({ body }) => body.release === release.digest && !narrows(body))
        .map(latestSoakEnd)
        .reduce(later, latestSoakEnd(release)),
    rollout,
  };
}

function later(one: Outcome<number>, other: Outcome<number>): Outcome<number> {
  return !other.ok || (one.ok && other.value > one.value) ? other : one;
}
