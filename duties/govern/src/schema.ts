// SPDX-License-Identifier: Apache-2.0
import type { GrantedDuty } from "@countersign/federation/details";
import type { RequestState } from "@countersign/release/govern-client";
import type { ProposalState } from "@countersign/release/proposal";
import type { Digest } from "@countersign/trust/digest";
import type { Status } from "./identity.ts";

/** The tables. Times are ISO 8601 in UTC; documents are JSON in the form in which they are served. */
export interface Schema {
  readonly identities: { readonly name: string; readonly keyid: string | null; readonly status: Status; readonly record: string };
  readonly proposals: {
    readonly digest: Digest;
    readonly type: "release" | "order";
    readonly product: string;
    readonly channel: string;
    /** Sequence of a release, number of an order. */
    readonly number: number;
    readonly body: string;
    readonly change: string;
    readonly state: ProposalState;
    readonly proposed: string;
  };
  readonly approvals: {
    readonly proposal: Digest;
    /** 0 is the proposal itself; approvals travel in this order. */
    readonly place: number;
    readonly envelope: string;
  };
  /** What is to be in the ledger, and once it is, its place and proof. */
  readonly entries: {
    readonly digest: Digest;
    readonly entry: string;
    readonly index: number | null;
    readonly proof: string | null;
  };
  readonly requests: {
    readonly id: Digest;
    readonly channel: string;
    /** The proposal that it adds; null where it renews the channel file. */
    readonly added: Digest | null;
    readonly channelFile: string;
    readonly heads: string;
    readonly state: RequestState;
    readonly opened: string;
  };
  readonly signatures: { readonly request: Digest; readonly place: number; readonly keyid: string; readonly sig: string };
  /** What each signer last said about a request. */
  readonly trails: { readonly request: Digest; readonly signer: string; readonly trail: string };
  /** The chain: who did what, to what, when, and on what evidence. Only ever appended to; every other table follows from it. */
  readonly acts: {
    readonly number: number;
    readonly previous: Digest | null;
    readonly time: string;
    readonly who: string;
    readonly act: string;
    readonly subject: string;
    readonly body: string;
    readonly digest: Digest;
    /** Its place in the ledger, once it is there: not part of what is chained. */
    readonly index: number | null;
  };
  /** Signed acts of people that were taken, by the digest of what was signed. */
  readonly evidence: { readonly digest: Digest; readonly act: number };
  /** Who answered for whom, by register or policy, and when. */
  readonly tenures: {
    readonly act: number;
    readonly of: string;
    readonly by: string;
    readonly as: "owner" | "deputy" | "member";
    readonly source: "register" | "policy";
    readonly since: string;
    readonly until: string | null;
  };
  /** Who declared which accounts to be in one hand. */
  readonly links: {
    readonly account: string;
    readonly other: string;
    readonly as: "same" | "member";
    readonly by: string;
    readonly since: string;
  };
  /** Policies in the order in which they were seen. */
  readonly policies: { readonly act: number; readonly digest: Digest; readonly version: number };
  /** People who have left, whatever the policy still says. */
  readonly leavers: { readonly person: string; readonly by: string; readonly reason: string; readonly left: string };
  /** Keys that go with somebody. */
  readonly rotations: { readonly person: string; readonly keyid: string; readonly roles: string };
  readonly campaigns: {
    readonly id: string;
    readonly channel: string;
    readonly startedBy: string;
    readonly started: string;
    readonly deadline: string;
    /** How often whoever had not answered was reminded. */
    readonly reminders: number;
    readonly closed: string | null;
  };
  readonly items: {
    readonly campaign: string;
    /** Of an identity or a person. */
    readonly name: string;
    readonly kind: "identity" | "person";
    readonly lastUsed: string | null;
    readonly answer: "confirmed" | "removed" | "lapsed" | null;
    readonly by: string | null;
    readonly at: string | null;
  };
  /** People whose power on a channel a review took away. */
  readonly withheld: { readonly person: string; readonly channel: string; readonly since: string };
  /** Windows that one person called for alone. */
  readonly breaks: {
    readonly id: string;
    readonly channel: string;
    /** The one release or order that it is for. */
    readonly release: Digest;
    readonly reason: string;
    readonly by: string;
    readonly called: string;
    readonly opens: string;
    readonly seconds: number;
    readonly state: "waiting" | "cancelled" | "opened" | "reviewed";
    readonly cancelledBy: string | null;
    readonly reviewedBy: string | null;
    readonly finding: "justified" | "not-justified" | null;
  };
  /** One row, which whoever writes locks first. */
  readonly turn: { readonly id: number };
  /** Times in which one channel may be released. */
  readonly windows: {
    readonly id: string;
    readonly channel: string;
    readonly reason: string;
    readonly seconds: number;
    readonly releases: number;
    readonly requestedBy: string;
    readonly requested: string;
    readonly state: "requested" | "open" | "closed";
    readonly openedBy: string | null;
    readonly opened: string | null;
    readonly ends: string | null;
    readonly closedBy: string | null;
    readonly closed: string | null;
    readonly why: "hand" | "time" | "releases" | null;
  };
  /** Grants as they were issued, and how often each was used. */
  readonly grants: {
    readonly id: string;
    readonly identity: string;
    readonly window: string;
    readonly duty: GrantedDuty;
    readonly channel: string;
    readonly digest: string;
    readonly uses: number;
    readonly used: number;
    /** The resource server that takes it. */
    readonly audience: string;
    /** Of the key that it is bound to. */
    readonly thumbprint: string;
    readonly issued: string;
    readonly expires: string;
  };
  /** Subject tokens that were exchanged, and proofs that came with a request that was granted: neither comes twice. */
  readonly tokens: { readonly id: string; readonly grant: string };
  readonly proofs: { readonly id: string; readonly grant: string };
  /** Of each daemon, digests of the renewal that it last came with, and of the one that it was given then. */
  readonly renewals: { readonly identity: string; readonly confirmed: string | null; readonly offered: string };
  /** Nonces for proofs, one a minute, for every process. Chance, and no act: the one table that does not follow from the chain. */
  readonly nonces: { readonly period: number; readonly nonce: string };
}
