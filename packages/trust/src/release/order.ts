// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "../canonical.ts";
import { closed, type Decoder, digest, integer, literal, Malformed, name, nullable, text } from "../decode.ts";
import type { Digest } from "../digest.ts";

/**
 * Something that changes a release after it shipped. `recall`: leave `release` for `to`, a release that had soaked. `lift`: `release`
 * may be installed again although a revocation names it. A recall narrows, so it acts at once; a lift soaks like an urgent release.
 */
export interface Order {
  readonly _type: "order";
  readonly spec: "countersign/1";
  readonly action: "recall" | "lift";
  readonly product: string;
  readonly channel: string;
  /** Counts the channel's orders from 1. */
  readonly number: number;
  readonly release: Digest;
  readonly to: Digest | null;
  readonly reason: string;
}

const fields: Decoder<Order> = closed<Order>({
  _type: literal("order"),
  spec: literal("countersign/1"),
  action: literal("recall", "lift"),
  product: name,
  channel: name,
  number: integer(1),
  release: digest,
  to: nullable(digest),
  reason: text,
});

export const order: Decoder<Order> = (value, at) => {
  const read = fields(value, at);
  if ((read.action === "recall") !== (read.to !== null) || read.to === read.release)
    throw new Malformed(`${at}to`, "another release for a recall, null for a lift", read.to);
  return read;
};

export function orderDigest(order: Order): Digest {
  return canonicalDigest(order);
}
