// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import { canonicalDigest } from "@countersign/trust/canonical";
import { type Decoder, decode, Malformed, open } from "@countersign/trust/decode";
import type { Envelope } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import { type Approval, approvals } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import { type Order, order } from "@countersign/trust/release/order";
import { type Statement, statement } from "@countersign/trust/release/statement";

/** A release or an order with its approvals, whose proof nobody needs who reads the ledger itself. */
export type ProposedEntry = Entry<Statement> | Entry<Order>;

const body: Decoder<Statement | Order> = (value, at) => {
  const type = typeof value === "object" && value !== null && "_type" in value ? value._type : undefined;
  if (type === "release") return statement(value, at);
  if (type === "order") return order(value, at);
  throw new Malformed(`${at}._type`, "release or order", type);
};

const proposed = open<{ readonly body: Statement | Order; readonly approvals: readonly Envelope<Approval>[] }>({ body, approvals });

/** Asks govern for what a release entry names. Its digest is computed from what came: that it is the one that was asked for is for `readingChecks`. */
export async function readProposed(govern: string, digest: string): Promise<Outcome<ProposedEntry>> {
  const answer = await request(`${govern}/proposals/${digest}`, {}, (json) => decode(proposed, json, "what is proposed"));
  if (!answer.ok) return answer;
  const { body, approvals } = answer.value;
  return { ok: true, value: { body, approvals, digest: canonicalDigest(body), proof: "" } as ProposedEntry };
}
