// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "@countersign/trust/digest";
import { record } from "./acts.ts";
import type { Database } from "./database.ts";
import type { ProposalState, RequestState } from "./schema.ts";

/** Moves a proposal to a state, and says so in the journal; where it is there already, nothing happens. */
export async function moveProposal(transaction: Database, now: number, digest: Digest, state: ProposalState): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable("proposals")
    .set({ state })
    .where("digest", "=", digest)
    .where("state", "!=", state)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await record(transaction, now, { who: "govern", act: `proposal.${state}`, subject: digest });
}

export async function moveRequest(transaction: Database, now: number, id: Digest, state: RequestState): Promise<void> {
  await transaction.updateTable("requests").set({ state }).where("id", "=", id).execute();
  await record(transaction, now, { who: "govern", act: `request.${state}`, subject: id });
}

/** Gives up the live request of a channel, or of a proposal, if there is one. What it would have added waits again, unless its signers refuse it. */
export async function giveUpRequest(transaction: Database, now: number, of: "channel" | "added", value: string): Promise<void> {
  const request = await transaction
    .selectFrom("requests")
    .leftJoin("proposals", "proposals.digest", "requests.added")
    .select(["requests.id", "requests.added", "proposals.state"])
    .where(`requests.${of}`, "=", value)
    .where("requests.state", "in", ["open", "signed"])
    .executeTakeFirst();
  if (request === undefined) return;
  await moveRequest(transaction, now, request.id, "superseded");
  const { added, state } = request;
  if (added !== null && (state === "signing" || state === "signed")) await moveProposal(transaction, now, added, "logged");
}
