// SPDX-License-Identifier: Apache-2.0
import { type ProofSubject, proofChecks } from "@countersign/federation/dpop";
import { type GrantSubject, grantChecks } from "@countersign/federation/grant";
import type { Check } from "@countersign/trust/check";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type ApprovalSubject, approvalReceiptChecks } from "./approval-checks.ts";
import { type GrantIssueSubject, grantIssueChecks } from "./grant-issue-checks.ts";
import { type GrantUseSubject, grantUseChecks } from "./grant-use-checks.ts";
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
  readonly proof: readonly Check<ProofSubject>[];
  readonly grantIssue: readonly Check<GrantIssueSubject>[];
  readonly grant: readonly Check<GrantSubject>[];
  readonly grantUse: readonly Check<GrantUseSubject>[];
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
  proof: proofChecks,
  grantIssue: grantIssueChecks,
  grant: grantChecks,
  grantUse: grantUseChecks,
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
