// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest, type Json } from "@countersign/trust/canonical";
import type { Digest } from "@countersign/trust/digest";

/** What is chained and logged of an act: everything but its own digest and its place in the ledger. See docs/govern-act.md. */
export interface ActRecord {
  /** From 1, without a gap. */
  readonly number: number;
  /** Digest of the act before; null for the first. */
  readonly previous: Digest | null;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** The person or identity that proved it with a key, or `govern` for what follows by itself. */
  readonly who: string;
  /** Name of the kind. */
  readonly act: string;
  /** A name or a digest. */
  readonly subject: string;
  readonly body: Json;
}

/** The digest that chains an act to the next one, and that is in the ledger. */
export function actDigest({ number, previous, time, who, act, subject, body }: ActRecord): Digest {
  return canonicalDigest({ number, previous, time, who, act, subject, body });
}
