// SPDX-License-Identifier: Apache-2.0
import type { SigningKey } from "@countersign/repository/sign-document";
import { decode } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Order, order, orderDigest } from "@countersign/trust/release/order";
import { denialDigest } from "@countersign/trust/revocation/list";
import type { GovernClient } from "./govern-client.ts";
import { type Published, readPublished, type Source } from "./published.ts";
import { signApproval } from "./sign-approval.ts";
import { standingDenials } from "./standing-denials.ts";

export interface OrderInput extends Source, Pick<Order, "product" | "channel" | "action" | "release" | "reason"> {
  readonly govern: GovernClient;
  /** A key that the policy lists among the channel's proposers or approvers. */
  readonly key: SigningKey;
  /** Where a recall leads; the recalled release's predecessor if not told. */
  readonly to?: Digest;
  /** For slow and widen. */
  readonly overSeconds?: number;
}

export interface ProposedOrder {
  readonly digest: Digest;
  readonly order: Order;
}

/**
 * Proposes to recall a published release in favour of another one, to change its rollout, or to lift what was said against it: every denial that stands
 * now, each by its own digest, so that nobody approves an answer to what is said later.
 */
export async function proposeOrder(input: OrderInput): Promise<Outcome<ProposedOrder>> {
  const { govern, key, product, channel, action, release, reason } = input;
  const published = await readPublished(input, input);
  if (!published.ok) return published;
  const to = action === "recall" ? destination(published.value, release, input.to) : accept(null);
  if (!to.ok) return to;
  const denials = action === "lift" ? await denialsAgainst(published.value, release) : accept([]);
  if (!denials.ok) return denials;
  const number = (published.value.orders.at(-1)?.body.number ?? 0) + 1;
  const effect = { to: to.value, denials: denials.value, overSeconds: input.overSeconds ?? null };
  const fields = { _type: "order", spec: "countersign/1", action, product, channel, number, release, ...effect, reason };
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

async function denialsAgainst(published: Published, digest: Digest): Promise<Outcome<readonly Digest[]>> {
  const release = published.releases.find((candidate) => candidate.digest === digest);
  const denials = release === undefined ? [] : await standingDenials(published, release);
  if (denials.length > 0) return accept(denials.map(denialDigest));
  return refuse(
    "nothing-to-lift",
    "a published release that was revoked",
    `no denial of ${digest.slice(0, 12)}`,
    "It can be installed as it is.",
  );
}
