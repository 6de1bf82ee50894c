// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import { canonicalDigest } from "@countersign/trust/canonical";
import { type Decoder, decode, decodeBytes, Malformed } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { type Envelope, envelope } from "@countersign/trust/envelope";
import { type Outcome, refuse } from "@countersign/trust/refusal";
import { type Approval, approval } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import { narrows, type Order, order } from "@countersign/trust/release/order";
import { type Statement, statement } from "@countersign/trust/release/statement";
import type { Database } from "./database.ts";

/** A release or an order on its way; once it is logged, it is an entry as heads have it. */
export type Proposal = Entry<Statement> | Entry<Order>;

export interface StoredProposal {
  readonly entry: Proposal;
  readonly state: ProposalState;
}

export function isRelease(entry: Proposal): entry is Entry<Statement> {
  return entry.body._type === "release";
}

/** What only narrows does not soak, one person is enough, and it waits for nothing. */
export function halts({ body }: Proposal): boolean {
  return body._type === "order" && narrows(body);
}

/** Its place in the order of its kind: the sequence of a release, the number of an order. */
export function numberOf({ body }: Proposal): number {
  return body._type === "release" ? body.sequence : body.number;
}

const body: Decoder<Statement | Order> = (value, at) => {
  const type = typeof value === "object" && value !== null && "_type" in value ? value._type : undefined;
  if (type === "release") return statement(value, at);
  if (type === "order") return order(value, at);
  throw new Malformed(`${at}_type`, "release or order", type);
};

/** Reads a proposal as it is sent: a statement or an order, and who proposes it. Nothing is verified. */
export function readProposal(document: unknown, proposal: unknown): Outcome<Proposal> {
  const read = decode(body, document, "the statement or order");
  if (!read.ok) return read;
  const approved = readApproval(proposal);
  if (!approved.ok) return approved;
  return { ok: true, value: entryOf(read.value, [approved.value], "") };
}

/** Reads what one person or identity says of a digest: it has one signature. */
export function readApproval(document: unknown): Outcome<Envelope<Approval>> {
  const read = decode(envelope(approval), document, "the approval");
  if (!read.ok || read.value.signatures.length === 1) return read;
  return refuse(
    "one-signature",
    "an approval with one signature",
    `${read.value.signatures.length}`,
    "Send each signature as an approval of its own.",
  );
}

/** The key that an approval claims to be by. */
export function signerOf(approval: Envelope<Approval> | undefined): string {
  return approval?.signatures[0]?.keyid ?? "";
}

/** The proposal of this digest with all its approvals, in the order in which they travel. */
export async function loadProposal(database: Database, digest: string): Promise<StoredProposal | undefined> {
  const row = await database
    .selectFrom("proposals")
    .leftJoin("entries", "entries.digest", "proposals.digest")
    .select(["proposals.digest", "body", "state", "proof"])
    .where("proposals.digest", "=", digest as Digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const said = await database.selectFrom("approvals").select("envelope").where("proposal", "=", row.digest).orderBy("place").execute();
  const approvals = said.map((each) => ours(envelope(approval), each.envelope));
  return { entry: entryOf(ours(body, row.body), approvals, row.proof ?? ""), state: row.state };
}

function entryOf(body: Statement | Order, approvals: readonly Envelope<Approval>[], proof: string): Proposal {
  return { body, digest: canonicalDigest(body), approvals, proof } as Proposal; // one body has one type
}

/** Reads what this duty wrote itself: that it does not read back is a bug or a damaged disk, and throws. */
export function ours<T>(decoder: Decoder<T>, text: string): T {
  const read = decodeBytes(decoder, Buffer.from(text), "a document of this database");
  if (read.ok) return read.value;
  throw new Error(`${read.refusal.expected}, found ${read.refusal.found}`);
}
