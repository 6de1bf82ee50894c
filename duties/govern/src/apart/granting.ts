// SPDX-License-Identifier: Apache-2.0
import type { GrantDetails } from "@countersign/federation/details";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Govern } from "../govern.ts";
import { halts, loadProposal } from "../proposal.ts";
import type { Published } from "../published.ts";
import type { Turn } from "../turn.ts";
import { outsideParts } from "./outside-parts.ts";
import type { Part } from "./part.ts";
import { mayTakePart } from "./parts.ts";

/** What is known of a release or an order before a turn begins in which a grant for it may be issued. */
export interface BeforeGrant {
  readonly published: Published;
  readonly others: readonly Part[];
  readonly halts: boolean;
}

/** Looks at what is published, and at who has a part in it by that. */
export async function beforeGrant({ look, store, database, now }: Govern, { digest }: GrantDetails): Promise<Outcome<BeforeGrant>> {
  const published = await look();
  if (!published.ok) return published;
  const proposal = await loadProposal(database, digest);
  const others = proposal === undefined ? [] : await outsideParts(store, published.value, proposal.entry, now());
  return accept({ published: published.value, others, halts: proposal !== undefined && halts(proposal.entry) });
}

/**
 * Whether an identity may have a grant for this duty on this release, by everybody who is behind it and had another part; asked again when it acts. A build is
 * granted for a commit, of which there is no release yet: who built it is asked when it is signed.
 */
export function mayBeGranted(
  turn: Turn,
  identity: string,
  { duty, digest }: GrantDetails,
  { published, others, halts }: BeforeGrant,
  { now, checks }: Pick<Govern, "now" | "checks">,
): Promise<Outcome<unknown>> {
  const candidate = { power: duty, by: identity, at: now() };
  return mayTakePart(turn, { candidate, digest: digest as Digest, others, halts }, published, checks);
}
