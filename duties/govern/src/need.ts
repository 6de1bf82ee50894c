// SPDX-License-Identifier: Apache-2.0
import { type RenewalReason, renewalReason } from "@countersign/repository/renewal";
import { halts, type Proposal } from "./proposal.ts";
import type { Published } from "./published.ts";

/** What a channel needs a request for: an entry that waits, or its file signed again. */
export type Need = { readonly entry: Proposal } | { readonly entry: null; readonly reason: RenewalReason };

/** The renewal that a channel needs now, if any. */
export function renewalNeed(channel: string, published: Published, expires: string, now: number): Need | undefined {
  const file = published.channels.get(channel);
  const reason = file && renewalReason(channel, file, published.delegator, expires, now);
  return reason && { entry: null, reason };
}

/** The most urgent of these; of entries that are equally urgent, the first. */
export function mostUrgent(waiting: readonly Proposal[], renewal: Need | undefined): Need | undefined {
  const needs: readonly Need[] = [...waiting.map((entry) => ({ entry })), ...(renewal === undefined ? [] : [renewal])];
  return needs.toSorted((a, b) => urgencyOf(b) - urgencyOf(a))[0];
}

/** What halts comes first; then a file that its signers must sign again before new targets can be listed; then entries; and what only grows old last. */
export function urgencyOf(need: Need): number {
  if (need.entry === null) return need.reason === "signers-changed" ? 2 : 0;
  return isHalting(need) ? 3 : 1;
}

export function isHalting({ entry }: Need): boolean {
  return entry !== null && halts(entry);
}
