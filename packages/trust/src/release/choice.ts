// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "../digest.ts";
import type { Entry, Head } from "./head.ts";
import { narrows, type Order } from "./order.ts";
import type { Statement } from "./statement.ts";

/** What a device runs now. */
export interface Running {
  readonly digest: string;
  readonly sequence: number;
  /** The highest sequence ever confirmed here: above `sequence` after a recall. */
  readonly floor: number;
}

export interface Choice {
  /** The release to move to; undefined where the device is to stay as it is. */
  readonly release: Entry<Statement> | undefined;
  /** Why: news, a recall of what runs (without a release, where it leads nowhere), or neither. */
  readonly reason: "newer" | "recalled" | "current";
}

/** What is known of a release besides the head: for one device, or for all. */
export interface Standing {
  /** It may not be installed: denied, blocked by an order, or unwell here. */
  denied(release: Entry<Statement>): boolean;
  /** It is of an epoch that is never run here again. */
  barred(release: Entry<Statement>): boolean;
  /** It may be installed later: it soaks, or it is not this device's turn. */
  waits(release: Entry<Statement>): boolean;
}

/**
 * What a head yields for a device. A recall of the running release leads to the release that it names, or, where that was recalled too, to
 * where its recall leads; otherwise, and where that is denied or barred, to the highest sequence that can be reached from here, is not recalled and
 * not denied. Where there is none, one that is barred is named, and its check says why. One that has to wait yields to the highest that does not; where all wait, the highest is named, and its checks say for what.
 * What was recalled stays so: bringing it back would start something, and one person may recall. Pure: signers, devices and monitors compute the same.
 */
export function chooseRelease(head: Head, running: Running | undefined, { denied, barred, waits }: Standing): Choice {
  const recalls = head.orders.filter((order) => order.body.action === "recall");
  const destination = recallDestination(recalls, running?.digest);
  const refuge = head.releases.find((candidate) => candidate.digest === destination && !denied(candidate));
  if (refuge !== undefined && !barred(refuge)) return { release: refuge, reason: "recalled" };
  const { sequence: at, floor } = running ?? { sequence: 0, floor: 0 };
  const reachable = head.releases.filter(
    (candidate) =>
      candidate.body.sequence > Math.max(at, floor) &&
      (running === undefined || candidate.body.minimumSequence <= at) &&
      !recalls.some((order) => order.body.release === candidate.digest) &&
      !denied(candidate),
  );
  const release = reachable.findLast((candidate) => !waits(candidate)) ?? reachable.at(-1);
  if (release !== undefined) return { release, reason: "newer" };
  return { release: refuge, reason: recallOf(recalls, running?.digest) === undefined ? "current" : "recalled" };
}

function recallOf(recalls: readonly Entry<Order>[], release: string | undefined): Entry<Order> | undefined {
  return recalls.findLast((order) => order.body.release === release);
}

/** Where the recalls lead from a release; undefined where it is not recalled, and where they lead back to what was recalled. */
function recallDestination(recalls: readonly Entry<Order>[], running: string | undefined): string | undefined {
  const left = new Set<string | undefined>();
  let at = running;
  for (let recall = recallOf(recalls, at); recall !== undefined; recall = recallOf(recalls, at)) {
    left.add(at);
    at = recall.body.to ?? undefined;
    if (left.has(at)) return undefined;
  }
  return left.size > 0 ? at : undefined;
}

/**
 * A head with the orders that hold today. One that does not, because its approver left since, for instance, must not stop the channel for ever, nor let
 * anything start: what would widen is passed over, a rollout that was slowed stays so, and what a recall names stays blocked, though it leads nowhere.
 */
export function standingHead(
  head: Head,
  holds: (order: Entry<Order>) => boolean,
): { readonly head: Head; readonly blocked: ReadonlySet<Digest> } {
  const judged = head.orders.map((order) => ({ order, stands: holds(order) }));
  const fallen = judged.filter(({ stands }) => !stands).map(({ order }) => order);
  const orders = head.orders.filter((order) => !fallen.includes(order) || (narrows(order.body) && order.body.action !== "recall"));
  const recalls = fallen.filter(({ body }) => body.action === "recall");
  return { head: { ...head, orders }, blocked: new Set(recalls.map(({ body }) => body.release)) };
}

/** The denials that lift orders answered for one release. Another release that they name, and a denial that was made later, stay as they are. */
export function liftedDenials(head: Head, release: Digest): ReadonlySet<Digest> {
  return new Set(head.orders.filter(({ body }) => body.action === "lift" && body.release === release).flatMap(({ body }) => body.denials));
}

/** The orders about one release that change its rollout. */
export function rolloutOrders(head: Head, release: Digest): readonly Entry<Order>[] {
  return head.orders.filter(({ body }) => body.release === release && body.action !== "recall" && body.action !== "lift");
}
