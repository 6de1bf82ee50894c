// SPDX-License-Identifier: Apache-2.0
import type { GrantClaims } from "@countersign/federation/grant";
import { type Check, decide } from "@countersign/trust/check";
import type { ChannelRules } from "@countersign/trust/policy/policy";
import { approvalChecks } from "@countersign/trust/release/entry-checks";
import type { Entry } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { Registered } from "./identity.ts";
import { orderPlaceChecks, releasePlaceChecks } from "./place-checks.ts";
import { type Proposal, signerOf } from "./proposal.ts";
import { headsOf, lastRelease, type Published } from "./published.ts";

/** A proposal before it is taken, and all that its rules look at. */
export interface ProposalSubject<T extends Proposal> {
  readonly candidate: T;
  readonly published: Published;
  readonly rules: ChannelRules;
  /** The registered identity with the proposing key. */
  readonly proposer: Registered | undefined;
  /** What the grant says that came with it. */
  readonly grant: GrantClaims | undefined;
  /** Whether a window of the channel is open. */
  readonly isWindow: boolean;
  /** Paths that the statement names and the store does not have. */
  readonly missing: readonly string[];
  /** Unix milliseconds. */
  readonly now: number;
}

const proposerChecks: readonly Check<ProposalSubject<Proposal>>[] = [
  {
    name: "proposal/proposer",
    source: "the same rule that signers and devices apply",
    examine: ({ candidate, published: { policy, ledger, time }, rules }) =>
      checkNamed(approvalChecks, "approvals/proposer").examine({ candidate, policy, rules, ledger, time }),
  },
  {
    name: "proposal/identity",
    source: "every identity has an accountable owner, one channel and a review date",
    examine: ({ candidate, published: { policy }, proposer, now }) => {
      const { channel } = candidate.body;
      const person = policy.holders[signerOf(candidate.approvals[0])];
      const isPerson = person !== undefined && person.holder === person.owner;
      const isFit = proposer?.status === "active" && proposer.duties.includes("propose") && proposer.channel === channel;
      return decide(
        isPerson || (isFit && Date.parse(proposer.reviewBy) > now),
        `a person, or an active identity that proposes for ${channel}, reviewed in time`,
        proposer === undefined
          ? isPerson
            ? person.holder
            : "no registered identity with this key"
          : `${proposer.name}, ${proposer.status}, to ${proposer.duties.join(", ")} for ${proposer.channel}, review by ${proposer.reviewBy}`,
        "identity-not-registered",
        "Register it, or have it renewed: countersign identity",
      );
    },
  },
];

/** What an identity proposes, it proposes under a grant; asked last, since a proposal that could never be taken needs none. */
const grantedChecks: readonly Check<ProposalSubject<Proposal>>[] = [
  {
    name: "proposal/granted",
    source: "a pipeline has no standing power; a person signs for herself",
    examine: ({ candidate, published: { policy }, proposer, grant }) => {
      const holder = policy.holders[signerOf(candidate.approvals[0])];
      const isPerson = holder !== undefined && holder.holder === holder.owner;
      return decide(
        isPerson || (grant !== undefined && grant.sub === proposer?.name),
        isPerson ? "the signature of a person" : `a grant of ${proposer?.name ?? "the proposer"} to propose ${candidate.digest}`,
        isPerson ? holder.holder : grant === undefined ? "none" : `one of ${grant.sub}`,
        "grant-missing",
        "Let the job exchange its token for one; it needs an open window: countersign window open --as NAME --reason TEXT",
      );
    },
  },
  {
    name: "proposal/window",
    source: "a channel is released in a window, whoever proposes; an order may come at any time",
    examine: ({ candidate: { body }, isWindow }) =>
      decide(
        body._type === "order" || isWindow,
        body._type === "order" ? "an order needs none" : `an open window for ${body.channel}`,
        isWindow ? "there is one" : "none",
        "window-not-open",
        `Have one opened: countersign window open --channel ${body.channel} --as NAME --reason TEXT`,
      ),
  },
];

/** What keeps a release out that could only be refused later, by signers or devices. */
export const releaseProposalChecks: readonly Check<ProposalSubject<Entry<Statement>>>[] = [
  ...proposerChecks,
  ...releasePlaceChecks,
  {
    name: "proposal/epoch",
    source: "the rollback floor rises by one at most",
    examine: ({ candidate, published }) => {
      const before = lastRelease(published, candidate.body)?.body.epoch ?? 0;
      const { epoch } = candidate.body;
      return decide(
        epoch === before || epoch === before + 1,
        `epoch ${before} or ${before + 1}`,
        `epoch ${epoch}`,
        "epoch-out-of-step",
        "Keep the epoch, or raise it by one.",
      );
    },
  },
  {
    name: "proposal/stored",
    source: "nobody can approve bytes that are not there",
    examine: ({ candidate, missing }) =>
      decide(
        missing.length === 0,
        `${candidate.body.artifacts.length} artifacts and ${candidate.body.provenance.length} provenance files in the store`,
        missing.length === 0 ? "all there" : `no ${missing.join(", ")}`,
        "bytes-missing",
        "Upload them first: countersign build attest",
      ),
  },
  ...grantedChecks,
];

export const orderProposalChecks: readonly Check<ProposalSubject<Entry<Order>>>[] = [
  ...proposerChecks,
  ...orderPlaceChecks,
  {
    name: "proposal/destination",
    source: "an order leads to a release that devices can still find",
    examine: ({ candidate: { body }, published }) => {
      const releases = headsOf(published, body).flatMap((head) => head.releases.map(({ digest }) => digest));
      const unknown = [body.release, body.to].find((digest) => digest !== null && !releases.includes(digest));
      return decide(
        unknown === undefined,
        "releases that heads still carry",
        unknown === undefined ? "they do" : `${unknown}, which none has`,
        "destination-unknown",
        "Name releases that are published.",
      );
    },
  },
  ...grantedChecks,
];

function checkNamed<S>(checks: readonly Check<S>[], name: string): Check<S> {
  const check = checks.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`trust has no check ${name}`);
  return check;
}
