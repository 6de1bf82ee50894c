// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import { encodeEntry } from "@countersign/tlog/entry";
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import { z } from "zod";
import { type ActKind, type AnyKind, anyKind } from "./act-kind.ts";
import { column } from "./column.ts";
import type { Database } from "./database.ts";
import { evidence } from "./evidence.ts";
import type { Schema } from "./schema.ts";
import { digest, nothing, whole } from "./shapes.ts";

type Place = Pick<Schema["proposals"], "type" | "product" | "channel" | "number">;

/** A statement or order is proposed, and the approval document by which it is. */
export const proposed: ActKind<Place & { readonly body: unknown; readonly change: unknown; readonly approval: Signed<unknown> }> = {
  name: "proposal.proposed",
  body: z.strictObject({
    type: z.enum(["release", "order"]),
    product: z.string(),
    channel: z.string(),
    number: whole,
    body: z.unknown(),
    change: z.unknown(),
    approval: evidence,
  }),
  entry: "act",
  apply: async (transaction, { subject, time, body: { body, change, approval, ...place } }) => {
    const documents = { body: column(body), change: column(change) };
    await transaction
      .insertInto("proposals")
      .values({ digest: subject as Digest, ...place, ...documents, state: "proposed", proposed: time })
      .execute();
    await addApproval(transaction, subject as Digest, approval);
  },
};

export const approvalGiven: ActKind<{ readonly approval: Signed<unknown> }> = {
  name: "approval.given",
  body: z.strictObject({ approval: evidence }),
  entry: "act",
  apply: (transaction, { subject, body }) => addApproval(transaction, subject as Digest, body.approval),
};

/** The quorum is there: the list of approvals is closed, and the entry waits for the ledger. */
export const approved: ActKind<{ readonly approvals: Digest }> = {
  name: "proposal.approved",
  body: z.strictObject({ approvals: digest }),
  entry: "act",
  apply: async (transaction, { subject, body: { approvals } }) => {
    await setState(transaction, subject as Digest, "approved");
    const { type } = await transaction
      .selectFrom("proposals")
      .select("type")
      .where("digest", "=", subject as Digest)
      .executeTakeFirstOrThrow();
    const entry = Buffer.from(encodeEntry({ type, digest: subject, approvals })).toString();
    await transaction
      .insertInto("entries")
      .values({ digest: subject as Digest, entry, index: null, proof: null })
      .execute();
  },
};

/** The states that a proposal comes to by nothing but what is published and signed. */
export type Moved = Exclude<ProposalState, "proposed" | "approved">;

export const movedTo: Readonly<Record<Moved, ActKind<Readonly<Record<never, never>>>>> = {
  logged: moved("logged"),
  signing: moved("signing"),
  signed: moved("signed"),
  published: moved("published"),
  refused: moved("refused"),
  superseded: moved("superseded"),
};

function moved(state: Moved): ActKind<Readonly<Record<never, never>>> {
  return {
    name: `proposal.${state}`,
    body: nothing,
    entry: "act",
    apply: (transaction, { subject }) => setState(transaction, subject as Digest, state),
  };
}

async function setState(transaction: Database, proposal: Digest, state: ProposalState): Promise<void> {
  await transaction.updateTable("proposals").set({ state }).where("digest", "=", proposal).execute();
}

/** Approvals travel in the order in which they came; the first is the proposal itself. */
async function addApproval(transaction: Database, proposal: Digest, approval: Signed<unknown>): Promise<void> {
  const before = await transaction.selectFrom("approvals").select("place").where("proposal", "=", proposal).execute();
  await transaction
    .insertInto("approvals")
    .values({ proposal, place: before.length, envelope: column(approval) })
    .execute();
}

export const proposalKinds: readonly AnyKind[] = [
  anyKind(proposed),
  anyKind(approvalGiven),
  anyKind(approved),
  ...Object.values(movedTo).map(anyKind),
];
