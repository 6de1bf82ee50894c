// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../canonical.ts";
import { array, closed, type Decoder, literal, Malformed, name, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { type Approval, approvals } from "./approval.ts";
import { type Order, order, orderDigest } from "./order.ts";
import { releaseDigest, type Statement, statement } from "./statement.ts";

/** A release or an order with all that a device needs to judge it: who approved, and the proof of its ledger entry. */
export interface Entry<T> {
  readonly body: T;
  readonly digest: Digest;
  readonly approvals: readonly Envelope<Approval>[];
  /** `.tlog-proof` text of the release entry. */
  readonly proof: string;
}

/** What a channel offers one platform of one product: its newest releases and the orders about them. */
export interface Head {
  readonly _type: "head";
  readonly spec: "countersign/1";
  readonly product: string;
  readonly platform: string;
  readonly channel: string;
  /** By ascending sequence. */
  readonly releases: readonly Entry<Statement>[];
  /** By ascending number. */
  readonly orders: readonly Entry<Order>[];
}

function entry<T>(body: Decoder<T>, digestOf: (body: T) => Digest): Decoder<Entry<T>> {
  const fields = closed<Omit<Entry<T>, "digest">>({ body, approvals, proof: text });
  return (value, at) => {
    const read = fields(value, at);
    return { ...read, digest: digestOf(read.body) };
  };
}

const fields: Decoder<Head> = closed<Head>({
  _type: literal("head"),
  spec: literal("countersign/1"),
  product: name,
  platform: name,
  channel: name,
  releases: array(entry(statement, releaseDigest), 1, 64),
  orders: array(entry(order, orderDigest), 0, 256),
});

/** Reads a head. Order is a number: sequences and order numbers rise, each once. It speaks of one product on one channel only. */
export const head: Decoder<Head> = (value, at) => {
  const read = fields(value, at);
  if (!rises(read.releases.map((release) => release.body.sequence))) throw new Malformed("releases", "rising sequences", "another order");
  if (!rises(read.orders.map((entry) => entry.body.number))) throw new Malformed("orders", "rising numbers", "another order");
  const stray = [...read.releases, ...read.orders].find(({ body }) => body.product !== read.product || body.channel !== read.channel);
  if (stray !== undefined)
    throw new Malformed("", `releases and orders of ${read.product} on ${read.channel}`, `${stray.body.product} on ${stray.body.channel}`);
  return read;
};

function rises(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}

/** The form in which a head is served: an entry's digest is recomputed by whoever reads it, never carried. */
export function headDocument(head: Head): Json {
  const bare = <T>(entries: readonly Entry<T>[]): Json[] =>
    entries.map(({ body, approvals, proof }) => ({
      body: body as Json,
      approvals: approvals.map(({ signatures, signed }) => ({ signatures, signed }) as unknown as Json),
      proof,
    }));
  return { ...head, releases: bare(head.releases), orders: bare(head.orders) };
}
