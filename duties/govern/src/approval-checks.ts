// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { type ChannelRules, principalOf } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";
import type { Approval } from "@countersign/trust/release/approval";
import type { PasskeyUse } from "@countersign/trust/release/passkey-use";
import { halts, type Proposal, signerOf } from "./proposal.ts";
import type { Published } from "./published.ts";

/** An approval before it is counted. */
export interface ApprovalSubject {
  readonly candidate: Envelope<Approval>;
  readonly entry: Proposal;
  readonly published: Published;
  readonly rules: ChannelRules;
  /** What the same passkey said before. */
  readonly passkeys: readonly PasskeyUse[];
}

/** What is refused at once, so that an approver learns of it; what makes a quorum is decided by trust alone. */
export const approvalReceiptChecks: readonly Check<ApprovalSubject>[] = [
  {
    name: "approval/subject",
    source: "what is approved is one digest",
    examine: ({ candidate: { signed }, entry }) =>
      decide(
        signed.decision === "approve" && signed.subject === entry.body._type && signed.digest === entry.digest,
        `approve ${entry.body._type} ${entry.digest}`,
        `${signed.decision} ${signed.subject} ${signed.digest}`,
        "approval-of-another",
        "Sign the digest that is shown: countersign release approve",
      ),
  },
  {
    name: "approval/approver",
    source: "the policy's approvers for this channel",
    examine: ({ candidate, rules }) => {
      const keyid = signerOf(candidate);
      return decide(
        rules.approvers.includes(keyid),
        "a key of an approver",
        keyid,
        "not-an-approver",
        "Ask one of the approvers that the policy names.",
      );
    },
  },
  {
    name: "approval/signature",
    source: "TUF 4.2.1",
    examine: ({ candidate, published: { policy } }) => {
      const keyid = signerOf(candidate);
      const key = policy.holders[keyid]?.key;
      const valid = key !== undefined && signersOf(candidate, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
      return decide(
        valid,
        "a signature by that key over this approval",
        valid ? "valid" : "invalid",
        "signature-invalid",
        "Sign it again.",
      );
    },
  },
  {
    name: "approval/not-the-proposer",
    source: "nobody approves their own; halting takes one person",
    examine: ({ candidate, entry, published: { policy } }) => {
      const proposer = principalOf(policy, signerOf(entry.approvals[0]));
      const approver = principalOf(policy, signerOf(candidate));
      return decide(
        halts(entry) || approver !== proposer,
        `anyone but ${proposer}`,
        `${approver}`,
        "approver-is-proposer",
        "Somebody else must approve it.",
      );
    },
  },
  {
    name: "approval/once",
    source: "quorums count people",
    examine: ({ candidate, entry, published: { policy } }) => {
      const approver = principalOf(policy, signerOf(candidate));
      const before = entry.approvals
        .filter(({ signed }) => signed.decision === "approve")
        .map((approval) => principalOf(policy, signerOf(approval)));
      return decide(
        !before.includes(approver),
        `an approval of somebody besides ${before.join(", ") || "nobody"}`,
        `${approver}`,
        "already-approved",
        "Nothing is left to do for you.",
      );
    },
  },
];
