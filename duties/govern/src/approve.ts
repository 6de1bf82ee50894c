// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import { judge } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Approval, approvalsDigest } from "@countersign/trust/release/approval";
import { approvalChecks } from "@countersign/trust/release/entry-checks";
import { outsideParts } from "./apart/outside-parts.ts";
import type { Part } from "./apart/part.ts";
import { mayTakePart } from "./apart/parts.ts";
import type { Govern } from "./govern.ts";
import type { GovernChecks } from "./govern-checks.ts";
import { mayAct } from "./offboard/present.ts";
import { usesBefore } from "./passkey-check.ts";
import { perform } from "./perform.ts";
import { halts, loadProposal, readApproval, signerOf } from "./proposal.ts";
import { approvalGiven, approved } from "./proposal-acts.ts";
import type { Published } from "./published.ts";
import { inTurn, type Turn } from "./turn.ts";

/** Takes an approval; the one that makes the quorum also closes the list and queues the ledger entry, in one transaction. */
export async function approve(
  { database, store, look, now, checks }: Govern,
  digest: string,
  document: unknown,
): Promise<Outcome<{ readonly state: ProposalState }>> {
  const approval = readApproval(document);
  if (!approval.ok) return approval;
  const published = await look();
  if (!published.ok) return published;
  const known = await loadProposal(database, digest);
  const others = known === undefined ? [] : await outsideParts(store, published.value, known.entry, now());
  return inTurn(database, (turn) => add(turn, digest, approval.value, others, published.value, now(), checks));
}

async function add(
  turn: Turn,
  digest: string,
  candidate: Envelope<Approval>,
  others: readonly Part[],
  published: Published,
  now: number,
  checks: GovernChecks,
): Promise<Outcome<{ readonly state: ProposalState }>> {
  const { policy, ledger, time } = published;
  const proposal = await loadProposal(turn, digest);
  const rules = policy.channels[proposal?.entry.body.channel ?? ""];
  if (proposal === undefined || rules === undefined)
    return refuse("proposal-unknown", "a proposal for a channel of the policy", digest, "See: countersign release status");
  const { entry, state } = proposal;
  if (state !== "proposed")
    return refuse("proposal-closed", "a proposal that waits for approvals", `one that is ${state}`, "Nothing is left to do.");
  const passkeys = await usesBefore(turn, signerOf(candidate), policy);
  const judged = judge({ candidate, entry, published, rules, passkeys }, checks.approval);
  if (!judged.outcome.ok) return judged.outcome;
  const who = policy.holders[signerOf(candidate)]?.holder ?? "nobody";
  const present = await mayAct(turn, who, entry.body.channel, checks);
  if (!present.ok) return present;
  const intent = { candidate: { power: "approve", by: who, at: now }, digest: entry.digest, others, halts: halts(entry) } as const;
  const apart = await mayTakePart(turn, intent, published, checks);
  if (!apart.ok) return apart;

  const approvals = [...entry.approvals, candidate];
  const { signatures, signed } = candidate;
  await perform(turn, now, { who, act: approvalGiven, subject: entry.digest, body: { approval: { signatures, signed } } });
  const quorum = judge({ candidate: { ...entry, approvals }, policy, rules, ledger, time }, approvalChecks);
  if (!quorum.outcome.ok) return accept({ state });
  const body = { approvals: approvalsDigest(approvals) };
  await perform(turn, now, { who: "govern", act: approved, subject: entry.digest, body });
  return accept({ state: "approved" });
}
