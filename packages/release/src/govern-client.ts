// SPDX-License-Identifier: Apache-2.0
import type { Granted } from "@countersign/federation/exchange";
import type { GrantSource } from "@countersign/federation/grant-source";
import { type Check, decide, judge } from "@countersign/trust/check";
import { array, type Decoder, digest as digestDecoder, literal, nullable, open } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Signed } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import type { Approval } from "@countersign/trust/release/approval";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { ask } from "./ask.ts";
import {
  type Proposal,
  type ProposalState,
  type ProposalSummary,
  proposal,
  proposalSummary,
  type SignerTrail,
  signerTrail,
  states,
} from "./proposal.ts";

export type RequestState = "open" | "signed" | "published" | "superseded";

/** A signing request, as far as those who wait for it look at it. */
export interface RequestSummary {
  /** The release or order that it adds; null where it renews the channel file. */
  readonly added: Digest | null;
  readonly trails: readonly SignerTrail[];
}

/** A grant, and whoever can prove to hold it. */
export interface UnderGrant {
  readonly grants: GrantSource;
  readonly granted: Granted;
}

/** govern, as people and pipelines ask it. It collects and reports; whatever matters is verified by whoever asked. */
export interface GovernClient {
  proposals(): Promise<Outcome<readonly ProposalSummary[]>>;
  /** Refuses a proposal that is not the one of this digest. */
  proposal(digest: Digest): Promise<Outcome<Proposal>>;
  /** Under a grant, or, where the proposer is a person, without. */
  propose(body: Statement | Order, proposal: Signed<Approval>, under?: UnderGrant): Promise<Outcome<ProposalState>>;
  approve(digest: Digest, approval: Signed<Approval>): Promise<Outcome<ProposalState>>;
  requests(state: RequestState): Promise<Outcome<readonly RequestSummary[]>>;
}

const inState: Decoder<{ readonly state: ProposalState }> = open({ state: literal(...states) });
const proposals = open({ proposals: array(proposalSummary) });
const requests = open({ requests: array(open<RequestSummary>({ added: nullable(digestDecoder), trails: array(signerTrail) })) });

/** A proposal as govern shows it, beside what was asked for. */
export interface ShownSubject {
  readonly candidate: Proposal;
  readonly asked: Digest;
}

/** What is looked at is what was asked for, and so what is signed: its digest is computed here. */
export const proposalChecks: readonly Check<ShownSubject>[] = [
  {
    name: "proposal/digest",
    source: "what is shown is what is signed",
    examine: ({ candidate: { digest }, asked }) =>
      decide(
        digest === asked,
        asked,
        digest,
        "digest-mismatch",
        "govern shows another statement than was asked for. Do not approve; tell the security team.",
      ),
  },
];

export function governClient(url: string, checks: readonly Check<ShownSubject>[] = proposalChecks): GovernClient {
  return {
    async proposals() {
      const answer = await ask(`${url}/proposals`, proposals);
      return answer.ok ? { ok: true, value: answer.value.proposals } : answer;
    },
    async proposal(digest) {
      const answer = await ask(`${url}/proposals/${digest}`, proposal);
      return answer.ok ? judge({ candidate: answer.value, asked: digest }, checks).outcome : answer;
    },
    async propose(body, signed, under) {
      const at = `${url}/proposals`;
      const headers = await under?.grants.headersFor(under.granted, "POST", at);
      const answer = await ask(at, inState, { body, proposal: signed }, headers);
      return answer.ok ? { ok: true, value: answer.value.state } : answer;
    },
    async approve(digest, signed) {
      const answer = await ask(`${url}/proposals/${digest}/approvals`, inState, signed);
      return answer.ok ? { ok: true, value: answer.value.state } : answer;
    },
    async requests(state) {
      const answer = await ask(`${url}/requests?state=${state}`, requests);
      return answer.ok ? { ok: true, value: answer.value.requests } : answer;
    },
  };
}
