// SPDX-License-Identifier: Apache-2.0
import type { SigningKey } from "@countersign/repository/sign-document";
import type { Outcome } from "@countersign/trust/refusal";
import type { GovernClient } from "./govern-client.ts";
import type { ProposalState } from "./proposal.ts";
import type { Review } from "./review.ts";
import { signApproval } from "./sign-approval.ts";

export interface ApproveInput {
  /** What was shown is what is signed, so there is no approving without a review. */
  readonly review: Review;
  readonly key: SigningKey;
  readonly govern: GovernClient;
}

/** Countersigns what was reviewed, by its digest. Answers the state that the proposal is in now. */
export async function approve({ review: { body, digest }, key, govern }: ApproveInput): Promise<Outcome<ProposalState>> {
  return govern.approve(digest, await signApproval("approve", body._type, digest, key));
}
