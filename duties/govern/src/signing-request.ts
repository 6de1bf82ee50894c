// SPDX-License-Identifier: Apache-2.0
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { renewedChannel } from "@countersign/repository/renewal";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";
import type { Envelope } from "@countersign/trust/envelope";
import { type Head, headDocument } from "@countersign/trust/release/head";
import { isRelease, type Proposal } from "./proposal.ts";
import { headsOf, type Published } from "./published.ts";

/** What signers are asked to sign, and the heads that it is computed from. */
export interface Asked {
  /** Digest of the canonical form of `channelFile`. */
  readonly id: Digest;
  readonly channelFile: TargetsDocument;
  /** Head documents by target path. */
  readonly heads: Readonly<Record<string, Json>>;
}

/** The channel file with one more release or order in it. Pure: every signer computes the same from what is published. */
export function askFor(entry: Proposal, published: Published, expires: string): Asked {
  const { product, channel } = entry.body;
  const heads = new Map<string, Head>();
  for (const platform of platformsOf(entry, published)) {
    const place = { product, channel, platform };
    heads.set(headPath(place), nextHead(published.heads.get(headPath(place)), place, entry));
  }
  const channelFile = nextChannel(published.channels.get(channel)?.signed, heads, expires);
  const documents = Object.fromEntries([...heads].map(([path, head]) => [path, headDocument(head)]));
  return { id: canonicalDigest(channelFile), channelFile, heads: documents };
}

/** The channel file again, for longer. Pure in the same way. */
export function askForRenewal(current: Envelope<TargetsDocument>, expires: string): Asked {
  const channelFile = renewedChannel(current.signed, expires);
  return { id: canonicalDigest(channelFile), channelFile, heads: {} };
}

/** A release goes to the platforms that it has bytes for, an order to all that the product has. */
function platformsOf(entry: Proposal, published: Published): readonly string[] {
  const platforms = isRelease(entry) ? entry.body.artifacts : headsOf(published, entry.body);
  return [...new Set(platforms.map(({ platform }) => platform))];
}
