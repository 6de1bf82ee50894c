// SPDX-License-Identifier: Apache-2.0
import { type AssertionSubject, assertionChecks } from "@countersign/federation/certificate-assertion";
import { type ProofSubject, proofChecks } from "@countersign/federation/dpop";
import { type GrantSubject, grantChecks } from "@countersign/federation/grant";
import { federatedChecks, type TokenSubject } from "@countersign/federation/subject-token";
import type { Check } from "@countersign/trust/check";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type ApartSubject, apartChecks } from "./apart/apart-checks.ts";
import { type ChangeOfHandsSubject, changeOfHandsChecks, type HoldingSubject, holdingChecks } from "./apart/holding-checks.ts";
import { type TransferSubject, transferChecks } from "./apart/transfer-checks.ts";
import { type ApprovalSubject, approvalReceiptChecks } from "./approval-checks.ts";
import {
  type BreakCallSubject,
  type BreakSubject,
  breakCallChecks,
  breakCancelChecks,
  breakReviewChecks,
} from "./break-glass/break-checks.ts";
import { type DutySubject, dutyChecks } from "./duty-checks.ts";
import { type GrantIssueSubject, grantIssueChecks } from "./grant-issue-checks.ts";
import { type GrantUseSubject, grantUseChecks } from "./grant-use-checks.ts";
import { type OffboardSubject, offboardChecks, type PresentSubject, presentChecks } from "./offboard/offboard-checks.ts";
import { passkeyCheck } from "./passkey-check.ts";
import { type PersonalActSubject, personalActChecks, personalActUseChecks, type UseSubject } from "./personal-act-checks.ts";
import { orderProposalChecks, type ProposalSubject, releaseProposalChecks } from "./proposal-checks.ts";
import {
  type RegisteredSubject,
  type RegistrationSubject,
  type RenewalSubject,
  registrationChecks,
  renewalChecks,
  retirementChecks,
  suspensionChecks,
} from "./register-checks.ts";
import { type AnswerSubject, answerChecks, type CampaignSubject, campaignChecks } from "./review/review-checks.ts";
import { type WindowOpeningSubject, type WindowRequestSubject, windowOpeningChecks, windowRequestChecks } from "./window-checks.ts";

/** Every rule of this duty, in lists: what is not in its list is not checked. */
export interface GovernChecks {
  readonly personalAct: readonly Check<PersonalActSubject>[];
  readonly personalActUse: readonly Check<UseSubject>[];
  readonly registration: readonly Check<RegistrationSubject>[];
  readonly suspension: readonly Check<RegisteredSubject>[];
  readonly retirement: readonly Check<RegisteredSubject>[];
  readonly renewal: readonly Check<RenewalSubject>[];
  readonly releaseProposal: readonly Check<ProposalSubject<Entry<Statement>>>[];
  readonly orderProposal: readonly Check<ProposalSubject<Entry<Order>>>[];
  readonly approval: readonly Check<ApprovalSubject>[];
  readonly windowRequest: readonly Check<WindowRequestSubject>[];
  readonly windowOpening: readonly Check<WindowOpeningSubject>[];
  readonly subjectToken: readonly Check<TokenSubject>[];
  readonly assertion: readonly Check<AssertionSubject>[];
  readonly proof: readonly Check<ProofSubject>[];
  readonly grantIssue: readonly Check<GrantIssueSubject>[];
  readonly grant: readonly Check<GrantSubject>[];
  readonly grantUse: readonly Check<GrantUseSubject>[];
  readonly duty: readonly Check<DutySubject>[];
  readonly apart: readonly Check<ApartSubject>[];
  readonly holding: readonly Check<HoldingSubject>[];
  readonly changeOfHands: readonly Check<ChangeOfHandsSubject>[];
  readonly transfer: readonly Check<TransferSubject>[];
  readonly campaign: readonly Check<CampaignSubject>[];
  readonly answer: readonly Check<AnswerSubject>[];
  readonly offboard: readonly Check<OffboardSubject>[];
  readonly present: readonly Check<PresentSubject>[];
  readonly breakCall: readonly Check<BreakCallSubject>[];
  readonly breakCancel: readonly Check<BreakSubject>[];
  readonly breakReview: readonly Check<BreakSubject>[];
}

export const governChecks: GovernChecks = {
  personalAct: personalActChecks,
  personalActUse: personalActUseChecks,
  registration: registrationChecks,
  suspension: suspensionChecks,
  retirement: retirementChecks,
  renewal: renewalChecks,
  releaseProposal: releaseProposalChecks,
  orderProposal: orderProposalChecks,
  approval: [...approvalReceiptChecks, passkeyCheck],
  windowRequest: windowRequestChecks,
  windowOpening: windowOpeningChecks,
  subjectToken: federatedChecks,
  assertion: assertionChecks,
  proof: proofChecks,
  grantIssue: grantIssueChecks,
  grant: grantChecks,
  grantUse: grantUseChecks,
  duty: dutyChecks,
  apart: apartChecks,
  holding: holdingChecks,
  changeOfHands: changeOfHandsChecks,
  transfer: transferChecks,
  campaign: campaignChecks,
  answer: answerChecks,
  offboard: offboardChecks,
  present: presentChecks,
  breakCall: breakCallChecks,
  breakCancel: breakCancelChecks,
  breakReview: breakReviewChecks,
};

/** The same without the rules of these names, which must exist: govern as an attacker wishes it. */
export function checksWithout(names: readonly string[]): GovernChecks {
  const known = Object.values(governChecks).flatMap((list: readonly { readonly name: string }[]) => list.map(({ name }) => name));
  for (const name of names) if (!known.includes(name)) throw new Error(`govern has no check ${name}`);
  const left = Object.entries(governChecks).map(([list, checks]) => [
    list,
    (checks as readonly { readonly name: string }[]).filter(({ name }) => !names.includes(name)),
  ]);
  return Object.fromEntries(left) as GovernChecks;
}
