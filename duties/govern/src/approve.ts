// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Approval, approvalsDigest } from "@countersign/trust/release/approval";
import { approvalChecks } from "@countersign/trust/release/entry-checks";
import { record } from "./acts.ts";
import { approvalReceiptChecks } from "./approval-checks.ts";
import type { Database } from "./database.ts";
import { queueEntry } from "./entries.ts";
import type { Govern } from "./govern.ts";
import { moveProposal } from "./moves.ts";
import { keepApprovals, loadProposal, readApproval, signerOf } from "./proposal.ts";
import type { Published } from "./published.ts";
import type { ProposalState } from "./schema.ts";

/** Takes an approval; the one that makes the quorum also closes the list and queues the ledger entry, in one transaction. */
export async function approve(
  { database, look, now }: Govern,
  digest: string,
  document: unknown,
): Promise<Outcome<{ readonly state: ProposalState }>> {
  const approval = readApproval(document);
  if (!approval.ok) return approval;
  const published = await look();
  if (!published.ok) return published;
  return database.transaction().execute((transaction) => add(transaction, digest, approval.value, published.value, now()));
}

async function add(
  transaction: Database,
  digest: string,
  candidate: Envelope<Approval>,
  published: Published,
  now: number,
): Promise<Outcome<{ readonly state: ProposalState }>> {
  const { policy, ledger, time } = published;
  const proposal = await loadProposal(transaction, digest);
  const rules = policy.channels[proposal?.entry.body.channel ?? ""];
  if (proposal === undefined || rules === undefined)
    return refuse("proposal-unknown", "a proposal for a channel of the policy", digest, "See: countersign release status");
  const { entry, state } = proposal;
  if (state !== "proposed")
    return refuse("proposal-closed", "a proposal that waits for approvals", `one that is ${state}`, "Nothing is left to do.");
  const judged = judge({ candidate, entry, published, rules }, approvalReceiptChecks);
  if (!judged.outcome.ok) return judged.outcome;

  const approvals = [...entry.approvals, candidate];
  await keepApprovals(transaction, entry.digest, entry.approvals.length, [candidate]);
  await record(transaction, now, {
    who: policy.holders[signerOf(candidate)]?.holder ?? "nobody",
    act: "approval.given",
    subject: entry.digest,
  });
  const quorum = judge({ candidate: { ...entry, approvals }, policy, rules, ledger, time }, approvalChecks);
  if (!quorum.outcome.ok) return accept({ state });
  await moveProposal(transaction, now, entry.digest, "approved");
  await queueEntry(transaction, { type: entry.body._type, digest: entry.digest, approvals: approvalsDigest(approvals) });
  return accept({ state: "approved" });
}
