// SPDX-License-Identifier: Apache-2.0
import { type Delegator, newestDelegator } from "@countersign/repository/delegator";
import { readFrom } from "@countersign/repository/read-from";
import { readHeads } from "@countersign/repository/read-heads";
import type { Reader } from "@countersign/repository/store";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";

/** What is published now, read and verified like anybody's. */
export interface Published extends RepositoryView {
  /** Every head of every channel, by its target path. */
  readonly heads: ReadonlyMap<string, Head>;
  /** The newest targets that their quorum signed, listed or not yet: whose signatures count from now on. */
  readonly delegator: Delegator;
}

/** Looks at the repository afresh. */
export type Look = () => Promise<Outcome<Published>>;

export function lookAt(store: Reader, anchor: Uint8Array, now: () => number): Look {
  const read = readFrom(store);
  return async () => {
    const view = await openRepository(read, anchor, now());
    if (!view.ok) return view;
    const heads = new Map<string, Head>();
    for (const channel of view.value.channels.values()) {
      const found = await readHeads(read, channel.signed);
      if (!found.ok) return found;
      for (const [path, head] of found.value) heads.set(path, head);
    }
    const newest = await newestDelegator(read, view.value.root.signed, view.value.targets);
    return accept({ ...view.value, heads, delegator: newest.ok ? newest.value : view.value }); // newer targets that do not verify are not there
  };
}

/** The heads of one product on one channel, one a platform. */
export function headsOf({ heads }: Published, { product, channel }: Pick<Head, "product" | "channel">): readonly Head[] {
  return [...heads.values()].filter((head) => head.product === product && head.channel === channel);
}

/** The release with the highest sequence, on whatever platform. */
export function lastRelease(published: Published, of: Pick<Head, "product" | "channel">): Entry<Statement> | undefined {
  const releases = headsOf(published, of).flatMap((head) => head.releases);
  return releases.sort((a, b) => a.body.sequence - b.body.sequence).at(-1);
}

/** The number of the newest order, 0 where there is none. */
export function lastOrderNumber(published: Published, of: Pick<Head, "product" | "channel">): number {
  return Math.max(0, ...headsOf(published, of).flatMap((head) => head.orders.map(({ body }) => body.number)));
}

export function isPublished({ heads }: Published, digest: Digest): boolean {
  return [...heads.values()].some(({ releases, orders }) => [...releases, ...orders].some((entry) => entry.digest === digest));
}
