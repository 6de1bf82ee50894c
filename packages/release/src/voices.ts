// SPDX-License-Identifier: Apache-2.0
import type { Attestation } from "@countersign/trust/build/attestation";
import { claimedBuilder, isSummary } from "@countersign/trust/build/attested";
import { builderOf } from "@countersign/trust/build/builder";
import { type Origin, originOf } from "@countersign/trust/build/origin";
import type { Digest } from "@countersign/trust/digest";
import { type ChannelRules, type Policy, principalOf } from "@countersign/trust/policy/policy";
import { ownersOf } from "@countersign/trust/quorum";
import { approvalsNeeded, type EntrySubject, voicesOf } from "@countersign/trust/release/entry-checks";

/** Who has spoken for a release or an order, by signature and policy, whatever govern says of it. */
export interface Voices {
  readonly proposed: readonly string[];
  readonly approved: readonly string[];
  /** People besides the proposer who must approve. */
  readonly needed: number;
}

export function voicesIn(subject: EntrySubject): Voices {
  const { candidate, policy, rules } = subject;
  const owners = (decision: "propose" | "approve", allowed: readonly string[]): readonly string[] =>
    ownersOf(voicesOf(subject, decision, allowed), (keyid) => principalOf(policy, keyid));
  return {
    proposed: owners("propose", Object.keys(policy.holders)),
    approved: owners("approve", rules.approvers),
    needed: approvalsNeeded(candidate.body, rules),
  };
}

/** One who vouches for a release: a builder, or a verifier of one. */
export interface Vouching {
  readonly provenance: Digest;
  readonly builder: string;
  readonly owner: string | undefined;
  /** Undefined where it only sums up somebody else's build. */
  readonly origin: Origin | undefined;
}

export function vouching(attestation: Attestation, policy: Policy, rules: ChannelRules): Vouching {
  const { provenance, envelope } = attestation;
  const keyid = builderOf(attestation, policy, rules)?.rule.keyid;
  return {
    provenance: envelope.digest,
    builder: claimedBuilder(provenance),
    owner: keyid === undefined ? undefined : policy.holders[keyid]?.owner,
    origin: isSummary(provenance) ? undefined : originOf(provenance),
  };
}
