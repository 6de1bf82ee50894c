// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "../digest.ts";
import type { Entry, Head } from "./head.ts";
import type { Order } from "./order.ts";
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

/**
 * What a head yields for a device. A recall of the running release leads to the release that it names, or, where that was recalled too, to
 * where its recall leads; otherwise, and where that is denied, to the highest sequence that can be reached from here, is not recalled and
 * not denied. What was recalled stays so: bringing it back would start something, and one person may recall. Pure: signers, devices and
 * monitors compute the same.
 */
export function chooseRelease(head: Head, running: Running | undefined, denied: (release: Entry<Statement>) => boolean): Choice {
  const recalls = head.orders.filter((order) => order.body.action === "recall");
  const destination = recallDestination(recalls, running?.digest);
  const refuge = head.releases.find((candidate) => candidate.digest === destination);
  if (refuge !== undefined && !denied(refuge)) return { release: refuge, reason: "recalled" };
  const { sequence: at, floor } = running ?? { sequence: 0, floor: 0 };
  const release = head.releases.findLast(
    (candidate) =>
      candidate.body.sequence > Math.max(at, floor) &&
      (running === undefined || candidate.body.minimumSequence <= at) &&
      !recalls.some((order) => order.body.release === candidate.digest) &&
      !denied(candidate),
  );
  if (release !== undefined) return { release, reason: "newer" };
  return { release, reason: recallOf(recalls, running?.digest) === undefined ? "current" : "recalled" };
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
 * A head with the orders that hold today. One that does not, because its approver left since, for instance, must not stop the channel for ever: a lift
 * is passed over, and what a recall names stays blocked, though it leads nowhere.
 */
export function standingHead(
  head: Head,
  holds: (order: Entry<Order>) => boolean,
): { readonly head: Head; readonly blocked: ReadonlySet<Digest> } {
  const orders = head.orders.filter(holds);
  const fallen = head.orders.filter((order) => !orders.includes(order) && order.body.action === "recall");
  return { head: { ...head, orders }, blocked: new Set(fallen.map((order) => order.body.release)) };
}

/** The releases that a lift order cleared of revocations. */
export function liftedReleases(head: Head): ReadonlySet<Digest> {
  return new Set(head.orders.filter((order) => order.body.action === "lift").map((order) => order.body.release));
}
