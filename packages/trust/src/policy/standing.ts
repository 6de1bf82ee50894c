// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "./policy.ts";

/** A policy that is offered to somebody who holds another, or none. Times are witnessed, Unix seconds. */
export interface Offer<P> {
  readonly held: P | undefined;
  readonly offered: P;
  /** Since when the targets that list the offered one have been in the ledger. */
  readonly since: number;
  readonly now: number;
}

/** The policies by which everything is judged now. */
export interface StandingPolicies<P> {
  /** The one that holds, and is kept. */
  readonly held: P;
  /** Every one of them must be content: `held`, and the offered one while it cools off. */
  readonly judges: readonly [P, ...P[]];
}

/**
 * A policy soaks too. Until the offered one has been public for the cooling-off time of the one that is held, a release must satisfy both: whatever
 * narrows who can start acts at once, since the offered policy does not allow it any more, and whatever widens waits, since the held one does not allow it
 * yet. So somebody who is taken out of a policy is out at once; that a revoker, a monitor or a verifier need not be heard any more waits.
 */
export function standingPolicies<P extends { readonly policy: Policy }>({ held, offered, since, now }: Offer<P>): StandingPolicies<P> {
  if (held === undefined || now >= since + held.policy.coolingOffSeconds) return { held: offered, judges: [offered] };
  return { held, judges: [held, offered] };
}
