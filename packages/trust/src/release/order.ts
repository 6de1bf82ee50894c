// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "../canonical.ts";
import { closed, type Decoder, digest, distinct, integer, literal, Malformed, name, nullable, text } from "../decode.ts";
import type { Digest } from "../digest.ts";

/** What an order does. `recall` and `slow` only narrow: they act at once and take one person. The others start something. */
export type OrderAction = "recall" | "lift" | "slow" | "widen" | "resume";

/**
 * Something that changes a release after it shipped.
 *
 * `recall`: leave `release` for `to`, a release that had soaked. `lift`: what `denials` say no longer stops `release`; it may be installed again.
 * `slow`: who has not had a turn yet gets one over `overSeconds`, or, where that is null, nobody begins any more. `widen`: they get it over
 * `overSeconds`, at once where that is 0. `resume`: the rollout goes on at the statement's own pace, and devices on which the release was unwell try it
 * once more.
 */
export interface Order {
  readonly _type: "order";
  readonly spec: "countersign/1";
  readonly action: OrderAction;
  readonly product: string;
  readonly channel: string;
  /** Counts the channel's orders from 1. */
  readonly number: number;
  readonly release: Digest;
  /** Where a recall leads; null in every other order. */
  readonly to: Digest | null;
  /** The denials that a lift answers, each by its own digest, so that one made later stands; empty in every other order. */
  readonly denials: readonly Digest[];
  readonly overSeconds: number | null;
  readonly reason: string;
}

const fields: Decoder<Order> = closed<Order>({
  _type: literal("order"),
  spec: literal("countersign/1"),
  action: literal("recall", "lift", "slow", "widen", "resume"),
  product: name,
  channel: name,
  number: integer(1),
  release: digest,
  to: nullable(digest),
  denials: distinct(digest),
  overSeconds: nullable(integer(0)),
  reason: text,
});

/** Reads an order. A field that its action gives no meaning must be empty: two readers could not differ about it. */
export const order: Decoder<Order> = (value, at) => {
  const read = fields(value, at);
  const { action, to, denials, overSeconds } = read;
  if ((action === "recall") !== (to !== null) || to === read.release)
    throw new Malformed(at, `in "to" another release for a recall, null for any other order`, to);
  if ((action === "lift") !== denials.length > 0)
    throw new Malformed(at, `in "denials" what a lift answers, nothing for any other order`, denials);
  const paced = action === "widen" ? overSeconds !== null : action === "slow" ? overSeconds !== 0 : overSeconds === null;
  if (!paced)
    throw new Malformed(at, `in "overSeconds" a number for widen, one above 0 or null for slow, null for any other order`, overSeconds);
  return read;
};

export function orderDigest(order: Order): Digest {
  return canonicalDigest(order);
}

/** Whether an order only takes away: then it acts at once, takes one person, and stands even where its approver has left since. */
export function narrows({ action }: Pick<Order, "action">): boolean {
  return action === "recall" || action === "slow";
}
