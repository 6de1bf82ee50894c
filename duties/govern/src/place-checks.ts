// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, judge } from "@countersign/trust/check";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { isRelease, numberOf, type Proposal } from "./proposal.ts";
import { isPublished, lastOrderNumber, lastRelease, type Published } from "./published.ts";

/** A proposal, and what is published before it. */
export interface PlaceSubject<T extends Proposal> {
  readonly candidate: T;
  readonly published: Published;
}

export const releasePlaceChecks: readonly Check<PlaceSubject<Entry<Statement>>>[] = [
  {
    name: "place/sequence",
    source: "order is a number: the predecessor's plus one",
    examine: ({ candidate: { body }, published }) => {
      const next = (lastRelease(published, body)?.body.sequence ?? 0) + 1;
      return decide(
        body.sequence === next,
        `sequence ${next}`,
        `sequence ${body.sequence}`,
        "sequence-not-next",
        `Propose it with sequence ${next}.`,
      );
    },
  },
  {
    name: "place/predecessor",
    source: "a release names the one it follows",
    examine: ({ candidate: { body }, published }) => {
      const last = lastRelease(published, body)?.digest ?? null;
      return decide(
        body.predecessor === last,
        `predecessor ${last ?? "null"}`,
        `predecessor ${body.predecessor ?? "null"}`,
        "predecessor-wrong",
        "Name the release digest of the last release that is published.",
      );
    },
  },
];

export const orderPlaceChecks: readonly Check<PlaceSubject<Entry<Order>>>[] = [
  {
    name: "place/number",
    source: "order is a number: orders count from 1",
    examine: ({ candidate: { body }, published }) => {
      const next = lastOrderNumber(published, body) + 1;
      return decide(
        body.number === next,
        `number ${next}`,
        `number ${body.number}`,
        "sequence-not-next",
        `Propose it with number ${next}.`,
      );
    },
  },
];

/** Where a proposal stands against what is published: there already, next, passed by another, or not yet: then what is seen as published is old. */
export function standing(entry: Proposal, published: Published): "published" | "next" | "early" | "overtaken" {
  if (isPublished(published, entry.digest)) return "published";
  const last = isRelease(entry) ? (lastRelease(published, entry.body)?.body.sequence ?? 0) : lastOrderNumber(published, entry.body);
  if (numberOf(entry) > last + 1) return "early";
  const { outcome } = isRelease(entry)
    ? judge({ candidate: entry, published }, releasePlaceChecks)
    : judge({ candidate: entry, published }, orderPlaceChecks);
  return outcome.ok ? "next" : "overtaken";
}
