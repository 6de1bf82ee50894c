// SPDX-License-Identifier: Apache-2.0
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { readHeads } from "@countersign/repository/read-heads";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import type { ChannelRules } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { Read } from "@countersign/trust/workflow/step";

/** Where somebody reads the repository, and what they trust before they have read anything. */
export interface Source {
  /** URL at which the repository is served. Whoever serves it is not trusted. */
  readonly store: string;
  /** The bytes of `1.root.json`. */
  readonly anchor: Uint8Array;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What one product has on one channel now, verified from the anchor down on this machine. */
export interface Published {
  readonly view: RepositoryView;
  readonly rules: ChannelRules;
  readonly read: Read;
  /** By ascending sequence, whatever the platform. */
  readonly releases: readonly Entry<Statement>[];
  /** By ascending number. */
  readonly orders: readonly Entry<Order>[];
}

/** Reads the repository as a stranger would. Refuses whatever does not verify, and a channel that the policy does not know. */
export async function readPublished(
  { store, anchor, now }: Source,
  { product, channel }: { readonly product: string; readonly channel: string },
): Promise<Outcome<Published>> {
  const read = readFrom(httpReader(store));
  const view = await openRepository(read, anchor, now);
  if (!view.ok) return view;
  const { policy, channels } = view.value;
  const rules = policy.channels[channel];
  if (rules === undefined)
    return refuse("unknown-channel", Object.keys(policy.channels).join(" or "), channel, "Name a channel that the policy knows.");
  const listed = await readHeads(read, channels.get(channel)?.signed);
  if (!listed.ok) return listed;
  const heads = [...listed.value.values()].filter((head) => head.product === product);
  return accept({
    view: view.value,
    rules,
    read,
    releases: inOrder(
      heads.flatMap((head) => head.releases),
      (release) => release.sequence,
    ),
    orders: inOrder(
      heads.flatMap((head) => head.orders),
      (order) => order.number,
    ),
  });
}

/** Each entry once, although several platforms have it. */
function inOrder<T>(entries: readonly Entry<T>[], numberOf: (body: T) => number): readonly Entry<T>[] {
  const distinct = new Map(entries.map((entry) => [entry.digest, entry]));
  return [...distinct.values()].sort((a, b) => numberOf(a.body) - numberOf(b.body));
}
