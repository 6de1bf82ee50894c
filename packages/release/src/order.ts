// SPDX-License-Identifier: Apache-2.0
import type { SigningKey } from "@countersign/repository/sign-document";
import { decode } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Order, order, orderDigest } from "@countersign/trust/release/order";
import type { GovernClient } from "./govern-client.ts";
import { type Published, readPublished, type Source } from "./published.ts";
import { signApproval } from "./sign-approval.ts";

export interface OrderInput extends Source, Pick<Order, "product" | "channel" | "action" | "release" | "reason"> {
  readonly govern: GovernClient;
  /** A key that the policy lists among the channel's proposers or approvers. */
  readonly key: SigningKey;
  /** Where a recall leads; the recalled release's predecessor if not told. A lift leads nowhere. */
  readonly to?: Digest;
}

export interface ProposedOrder {
  readonly digest: Digest;
  readonly order: Order;
}

/** Proposes to recall a published release in favour of another one, or to lift what was said against it. */
export async function proposeOrder(input: OrderInput): Promise<Outcome<ProposedOrder>> {
  const { govern, key, product, channel, action, release, reason } = input;
  const published = await readPublished(input, input);
  if (!published.ok) return published;
  const to = action === "lift" ? accept(input.to ?? null) : destination(published.value, release, input.to);
  if (!to.ok) return to;
  const number = (published.value.orders.at(-1)?.body.number ?? 0) + 1;
  const fields = { _type: "order", spec: "countersign/1", action, product, channel, number, release, to: to.value, reason };
  const stated = decode(order, fields, "the order");
  if (!stated.ok) return stated;
  const digest = orderDigest(stated.value);
  const taken = await govern.propose(stated.value, await signApproval("propose", "order", digest, key));
  return taken.ok ? accept({ digest, order: stated.value }) : taken;
}

function destination({ releases }: Published, release: Digest, told: Digest | undefined): Outcome<Digest> {
  const to = told ?? releases.find((candidate) => candidate.digest === release)?.body.predecessor;
  if (to != null && releases.some((candidate) => candidate.digest === to)) return accept(to);
  return refuse(
    "recall-nowhere",
    "a published release to go to",
    to == null ? "no predecessor" : `${to.slice(0, 12)}, which is not published`,
    "Name one with --to; countersign release status lists them.",
  );
}
