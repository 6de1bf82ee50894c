// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import type { Digest } from "@countersign/trust/digest";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { approvalsNeeded } from "@countersign/trust/release/entry-checks";
import type { Change } from "./change.ts";
import type { Database } from "./database.ts";
import type { Govern } from "./govern.ts";
import { loadProposal, numberOf, type StoredProposal, signerOf } from "./proposal.ts";

/** How many proposals a list holds: the newest ones, oldest first. */
const NEWEST = 200;

/** Proposals, or those in one state, as a list shows them. */
export async function summaries({ database, look }: Govern, state: ProposalState | undefined): Promise<Outcome<unknown>> {
  const published = await look();
  if (!published.ok) return published;
  const newest = database.selectFrom("proposals").select("digest").orderBy("proposed", "desc").limit(NEWEST);
  const rows = await (state === undefined ? newest : newest.where("state", "=", state)).execute();
  const found = await Promise.all(rows.reverse().map(({ digest }) => loadProposal(database, digest)));
  return accept({ proposals: found.flatMap((proposal) => (proposal === undefined ? [] : summaryOf(proposal, published.value.policy))) });
}

function summaryOf({ entry, state }: StoredProposal, policy: Policy): unknown {
  const { body, digest, approvals } = entry;
  const approvers = approvals
    .filter(({ signed }) => signed.decision === "approve")
    .map((approval) => policy.holders[signerOf(approval)]?.holder ?? signerOf(approval));
  return {
    digest,
    kind: body._type,
    product: body.product,
    version: body._type === "release" ? body.version : body.action,
    channel: body.channel,
    sequence: numberOf(entry),
    state,
    approvals: approvers,
    needed: neededFor(entry.body, policy),
  };
}

function neededFor(body: StoredProposal["entry"]["body"], policy: Policy): number {
  const rules = policy.channels[body.channel];
  return rules === undefined ? 0 : approvalsNeeded(body, rules);
}

/** One proposal with all that is known of it. */
export async function detailOf({ database, look }: Govern, digest: string): Promise<Outcome<unknown>> {
  const proposal = await loadProposal(database, digest);
  if (proposal === undefined) return refuse("proposal-unknown", "the digest of a proposal", digest, "See: countersign release status");
  const published = await look();
  if (!published.ok) return published;
  const { entry, state } = proposal;
  return accept({
    digest: entry.digest,
    kind: entry.body._type,
    body: entry.body,
    approvals: entry.approvals.map(({ signatures, signed }) => ({ signatures, signed })),
    state,
    needed: neededFor(entry.body, published.value.policy),
    ...(await attachmentsOf(database, entry.digest)),
  });
}

async function attachmentsOf(database: Database, digest: Digest): Promise<object> {
  const { change } = await database.selectFrom("proposals").select("change").where("digest", "=", digest).executeTakeFirstOrThrow();
  const entry = await database
    .selectFrom("entries")
    .select(["index", "proof"])
    .where("digest", "=", digest)
    .where("proof", "is not", null)
    .executeTakeFirst();
  const request = await database
    .selectFrom("requests")
    .select("id")
    .where("added", "=", digest)
    .where("state", "!=", "superseded")
    .executeTakeFirst();
  return { change: JSON.parse(change) as readonly Change[], ...(entry && { entry }), ...(request && { request: request.id }) };
}
