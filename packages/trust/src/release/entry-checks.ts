// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Evidence } from "../check.ts";
import type { LedgerTrust } from "../ledger/checkpoint.ts";
import { loggedCheck, publicSince } from "../ledger/inclusion.ts";
import { type ChannelRules, type Policy, principalOf } from "../policy/policy.ts";
import { ownersOf, signersOf } from "../quorum.ts";
import type { Outcome } from "../refusal.ts";
import { approvalsDigest } from "./approval.ts";
import type { Entry } from "./head.ts";
import { narrows, type Order } from "./order.ts";
import type { Statement } from "./statement.ts";

/** A release or an order, with the rules of its channel. Devices and signers judge it alike. */
export interface EntrySubject {
  readonly candidate: Entry<Statement> | Entry<Order>;
  readonly policy: Policy;
  readonly rules: ChannelRules;
  readonly ledger: LedgerTrust;
  /** Witnessed time now, Unix seconds. */
  readonly time: number;
}

/** People who must approve besides the proposer. Halting takes one person, whoever proposed it; starting takes two. */
export function approvalsNeeded(body: Statement | Order, rules: ChannelRules): number {
  if (body._type === "order") return narrows(body) ? 1 : rules.approvals + rules.urgent.extraApprovals;
  return rules.approvals + (body.urgent ? rules.urgent.extraApprovals : 0);
}

/** Seconds that an entry must have been public. What only narrows does not wait. */
export function soakSeconds(body: Statement | Order, rules: ChannelRules): number {
  if (body._type === "order") return narrows(body) ? 0 : rules.urgent.soakSeconds;
  return body.urgent ? rules.urgent.soakSeconds : rules.soakSeconds;
}

/** When the soak of an entry ends, by its proof. Unix seconds. */
export function soakEnd({ candidate, rules, ledger }: Pick<EntrySubject, "candidate" | "rules" | "ledger">): Outcome<number> {
  const since = publicSince(candidate.proof, ledger);
  return since.ok ? { ok: true, value: since.value + soakSeconds(candidate.body, rules) } : since;
}

/** Those who said `decision` about exactly this digest, by key identifier, among `allowed`. */
export function voicesOf(
  { candidate, policy }: Pick<EntrySubject, "candidate" | "policy">,
  decision: "propose" | "approve",
  allowed: readonly string[],
): readonly string[] {
  const keys = Object.fromEntries(Object.entries(policy.holders).map(([keyid, { key }]) => [keyid, key]));
  return candidate.approvals
    .filter(({ signed }) => signed.decision === decision && signed.subject === candidate.body._type && signed.digest === candidate.digest)
    .flatMap((approval) => signersOf(approval, { keys, keyids: allowed, threshold: 1 }));
}

function principals(keyids: readonly string[], policy: Policy): readonly string[] {
  return ownersOf(keyids, (keyid) => principalOf(policy, keyid));
}

export const approvalChecks: readonly Check<EntrySubject>[] = [
  {
    name: "approvals/proposer",
    source: "every release has someone who asked for it",
    examine: (subject) => {
      const { candidate, policy, rules } = subject;
      const proposers = principals(voicesOf(subject, "propose", [...rules.proposers, ...rules.approvers]), policy);
      return decide(
        proposers.length > 0,
        `proposed by one who may, over ${candidate.digest.slice(0, 12)}`,
        proposers.join(", ") || "nobody",
        "proposal-not-signed",
        "Propose it again with a key that the policy lists for this channel.",
      );
    },
  },
  {
    name: "approvals/quorum",
    source: "starting takes two; nobody approves their own",
    examine: (subject): Outcome<Evidence> => {
      const { candidate, policy, rules } = subject;
      const needed = approvalsNeeded(candidate.body, rules);
      const halts = candidate.body._type === "order" && narrows(candidate.body);
      const proposers = halts ? [] : principals(voicesOf(subject, "propose", Object.keys(policy.holders)), policy);
      const approvers = principals(voicesOf(subject, "approve", rules.approvers), policy).filter(
        (principal) => !proposers.includes(principal),
      );
      return decide(
        approvers.length >= needed,
        `${needed} approver${needed === 1 ? "" : "s"}${halts ? "" : " besides the proposer"}, over ${candidate.digest.slice(0, 12)}`,
        approvers.join(", ") || "nobody",
        "approvals-missing",
        "An approver who did not propose it must run: countersign release approve",
      );
    },
  },
];

/** The release entry names both what was approved and by which signatures, so an approval cannot be swapped later. */
export const entryLoggedCheck: Check<EntrySubject> = {
  name: "entry/logged",
  source: "C2SP tlog-proof of the release entry",
  examine: ({ candidate, ledger }) =>
    loggedCheck("entry").examine({
      candidate: { type: candidate.body._type, digest: candidate.digest, approvals: approvalsDigest(candidate.approvals) },
      proof: candidate.proof,
      ledger,
    }),
};

/** It must have been public long enough for someone to object, by witnessed time; the system clock has no say. */
export const soakCheck: Check<EntrySubject> = {
  name: "soak/elapsed",
  source: "soak runs from the witnessed inclusion of the release entry",
  examine: (subject) => {
    const end = soakEnd(subject);
    if (!end.ok) return end;
    const wait = end.value - subject.time;
    return decide(
      wait <= 0,
      `public for ${soakSeconds(subject.candidate.body, subject.rules)} s of witnessed time`,
      wait <= 0 ? `for ${-wait} s longer than that` : `${wait} s are missing`,
      "soak-not-over",
      "Wait: witnessed time moves as the ledger and its witnesses do.",
    );
  },
};
