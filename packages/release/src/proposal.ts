// SPDX-License-Identifier: Apache-2.0
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Verdict } from "@countersign/trust/check";
import {
  array,
  boolean,
  type Decoder,
  digest,
  integer,
  literal,
  Malformed,
  nullable,
  open,
  optional,
  text,
} from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Envelope } from "@countersign/trust/envelope";
import type { Refusal } from "@countersign/trust/refusal";
import { type Approval, approvals } from "@countersign/trust/release/approval";
import { type Order, order } from "@countersign/trust/release/order";
import { type Statement, statement } from "@countersign/trust/release/statement";

/**
 * The states of a proposal. On its way, in order: approvals are missing; it is to be logged; it is in the ledger and waits for its channel; a request is open; it is to be
 * published; the store has it. Then `refused`: so many signers say no that it cannot be signed, until one of them thinks better of it; `superseded`: another took its place, for ever.
 */
export const states = ["proposed", "approved", "logged", "signing", "signed", "published", "refused", "superseded"] as const;
export type ProposalState = (typeof states)[number];

/** One line of govern's list of proposals: its word, for finding one; what is signed is read by digest. */
export interface ProposalSummary {
  readonly digest: Digest;
  readonly kind: "release" | "order";
  readonly product: string;
  readonly channel: string;
  /** Of a release; null for an order. */
  readonly version: string | null;
  /** Of a release; the number of an order. */
  readonly sequence: number;
  readonly state: ProposalState;
  /** Names of those who approved. */
  readonly approvals: readonly string[];
  /** People besides the proposer who must approve; null where the policy does not know the channel any more. */
  readonly needed: number | null;
}

/** A release or an order on its way. `digest` is computed here from `body`: a govern that lies about it is refused. */
export interface Proposal {
  readonly digest: Digest;
  readonly body: Statement | Order;
  readonly approvals: readonly Envelope<Approval>[];
  readonly state: ProposalState;
  readonly needed: number | null;
}

/** What one signer said about a signing request: the checks that it made by itself, and the refusal if one stopped it. */
export interface SignerTrail {
  readonly signer: string;
  readonly ok: boolean;
  readonly verdicts: readonly Verdict[];
  readonly refusal?: Refusal | undefined;
}

export const proposalSummary: Decoder<ProposalSummary> = open<ProposalSummary>({
  digest,
  kind: literal("release", "order"),
  product: text,
  channel: text,
  version: nullable(text),
  sequence: integer(0),
  state: literal(...states),
  approvals: array(text),
  needed: nullable(integer(0)),
});

const body: Decoder<Statement | Order> = (value, at) => {
  const type = typeof value === "object" && value !== null && "_type" in value ? value._type : undefined;
  if (type === "release") return statement(value, at);
  if (type === "order") return order(value, at);
  throw new Malformed(`${at}._type`, "release or order", type);
};

export const proposal: Decoder<Proposal> = (value, at) => {
  const read = open<Omit<Proposal, "digest">>({ body, approvals, state: literal(...states), needed: nullable(integer(0)) })(value, at);
  return { ...read, digest: canonicalDigest(read.body) };
};

const refusal: Decoder<Refusal> = open<Omit<Refusal, "check">>({ code: text, expected: text, found: text, remedy: text });

const verdict: Decoder<Verdict> = (value, at) => {
  const { refusal: stop, ...said } = open<Omit<Verdict, "refusal"> & { readonly refusal?: Refusal | undefined }>({
    check: text,
    source: text,
    expected: text,
    found: text,
    refusal: optional(refusal),
  })(value, at);
  return stop === undefined ? said : { ...said, refusal: stop };
};

export const signerTrail: Decoder<SignerTrail> = open<SignerTrail>({
  signer: text,
  ok: boolean,
  verdicts: array(verdict),
  refusal: optional(refusal),
});
