// SPDX-License-Identifier: Apache-2.0
import type { GrantDetails } from "@countersign/federation/details";
import type { ProposalState } from "@countersign/release/proposal";
import { type Check, decide } from "@countersign/trust/check";
import type { Registered } from "./identity.ts";
import { type ProvenSubject, proofUnused } from "./proof-unused.ts";
import { isOpen, type Window } from "./window.ts";

/** A grant that is about to be issued: whoever asks has proven who it is, and holds the key that the grant will be bound to. */
export interface GrantIssueSubject extends ProvenSubject {
  readonly candidate: GrantDetails;
  readonly identity: Registered;
  readonly audiences: readonly string[];
  readonly audience: string;
  readonly window: Window | undefined;
  /** What this window's grants of the same kind (commits of builds, or releases and orders) are for. */
  readonly inWindow: readonly string[];
  /** The release or order that the digest is of, where it is proposed already. */
  readonly proposal: { readonly channel: string; readonly state: ProposalState } | undefined;
  /** Where glass was broken for the window: the one release or order that it is for. */
  readonly onlyFor: string | undefined;
  /** The grant that the subject token was exchanged for before. */
  readonly exchanged: string | undefined;
  /** How many grants the identity got in the last 24 hours. */
  readonly lately: number;
  readonly perDay: number;
  readonly renewal: Renewal | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Digests of what a daemon shows to be the one that came last, and of what would be right. */
export interface Renewal {
  readonly presented: string | null;
  readonly confirmed: string | null;
  /** Null where it never came. */
  readonly offered: string | null;
}

/** How far a release or an order must be, for each duty that is done on it. */
const stages: Readonly<Record<"sign" | "publish", readonly ProposalState[]>> = {
  sign: ["logged", "signing", "refused", "signed"], // what signers refused waits for one of them to sign after all
  publish: ["signing", "signed", "published"],
};

/** What is asked before a grant is issued, in the transaction that issues it. */
export const grantIssueChecks: readonly Check<GrantIssueSubject>[] = [
  {
    name: "issue/status",
    source: "OWASP NHI1:2025",
    examine: ({ identity: { name, status } }) =>
      decide(
        status === "active",
        "an active identity",
        `${name}, which is ${status}`,
        "identity-not-active",
        "See: countersign identity list",
      ),
  },
  {
    name: "issue/reviewed",
    source: "OWASP NHI1:2025",
    examine: ({ identity: { reviewBy }, now }) =>
      decide(
        Date.parse(reviewBy) > now,
        "an identity that was reviewed in time",
        `review by ${reviewBy}`,
        "identity-review-overdue",
        "Have somebody renew it: countersign identity renew",
      ),
  },
  {
    name: "issue/duty",
    source: "OWASP NHI5:2025",
    examine: ({ candidate: { duty }, identity: { duties } }) =>
      decide(duties.includes(duty), duty, duties.join(", "), "duty-not-held", "Ask as the identity that has this duty."),
  },
  {
    name: "issue/channel",
    source: "OWASP NHI8:2025",
    examine: ({ candidate: { channel }, identity }) =>
      decide(identity.channel === channel, channel, identity.channel, "channel-not-held", "Ask as the identity of this channel."),
  },
  {
    name: "issue/audience",
    source: "RFC 8693, 2.1",
    examine: ({ audience, audiences }) =>
      decide(
        audiences.includes(audience),
        `one of ${audiences.join(", ")}`,
        audience,
        "audience-unknown",
        "Ask for a server of this product.",
      ),
  },
  {
    name: "issue/window",
    source: "OWASP NHI7:2025; what is granted dies with its window",
    examine: ({ candidate, window, now }) =>
      decide(
        window !== undefined && isOpen(window, now),
        `the window ${candidate.window} to be open`,
        window === undefined ? "no such window" : window.state === "open" ? `it ended at ${window.ends}` : `it is ${window.state}`,
        "window-not-open",
        "Have one opened: countersign window open --as NAME --reason TEXT",
      ),
  },
  {
    name: "issue/window-channel",
    source: "a window is for one channel",
    examine: ({ candidate: { channel }, window }) =>
      decide(
        window?.channel === channel,
        `a window for ${channel}`,
        window?.channel ?? "none",
        "window-of-another-channel",
        "Have one opened for this channel.",
      ),
  },
  {
    name: "issue/break-glass",
    source: "a window that nobody else approved is for one release, and for no build",
    examine: ({ candidate: { digest }, onlyFor }) =>
      decide(
        onlyFor === undefined || onlyFor === digest,
        onlyFor === undefined ? "a window that two people opened" : `the release ${onlyFor.slice(0, 12)}`,
        digest.slice(0, 12),
        "window-of-another-release",
        "Have a window opened for it: countersign window open",
      ),
  },
  {
    name: "issue/releases",
    source: "a window is for some releases, not for any",
    examine: ({ candidate: { digest }, window, inWindow }) => {
      const others = new Set(inWindow.filter((each) => each !== digest)).size;
      const most = window?.releases ?? 0;
      return decide(
        others < most,
        `at most ${most} in this window`,
        `${others} others`,
        "window-spent",
        "Have another one opened: countersign window open",
      );
    },
  },
  {
    name: "issue/stage",
    source: "nothing is signed that nobody approved, nothing published that nobody signed",
    examine: ({ candidate: { duty, channel }, proposal }) => {
      if (duty === "build" || duty === "propose") return decide(true, "nothing that came before", duty, "", "");
      return decide(
        proposal !== undefined && proposal.channel === channel && stages[duty].includes(proposal.state),
        `a release or an order on ${channel} that is ${stages[duty].join(" or ")}`,
        proposal === undefined ? "none of this digest" : `one on ${proposal.channel} that is ${proposal.state}`,
        "stage-not-reached",
        "Wait for what comes before: countersign release status",
      );
    },
  },
  {
    name: "issue/rate",
    source: "what no pipeline needs, a thief does",
    examine: ({ identity: { name }, lately, perDay }) =>
      decide(
        lately < perDay,
        `fewer than ${perDay} grants in 24 hours`,
        `${lately} for ${name}`,
        "rate-exceeded",
        "See what asked for them: countersign grant list",
      ),
  },
  {
    name: "issue/renewal",
    source: "whoever copies a daemon's key does not know what it was told last",
    examine: ({ identity: { name }, renewal }) => {
      const first = renewal?.offered === null; // this govern gave it none yet
      const right = renewal === undefined || first || renewal.presented === renewal.offered || renewal.presented === renewal.confirmed;
      return decide(
        right,
        "the renewal that was given last time",
        right ? "it" : "another, or one of before",
        "renewal-differs",
        `Two have the key of ${name}. Retire it, and register another with a new certificate.`,
      );
    },
  },
  {
    name: "issue/token-unused",
    source: "RFC 7523, 3 (7)",
    examine: ({ exchanged }) =>
      decide(
        exchanged === undefined,
        "a token that was never exchanged",
        exchanged === undefined ? "a new one" : `the grant ${exchanged} was issued for it`,
        "token-replayed",
        "Ask the issuer for a new token.",
      ),
  },
  proofUnused("issue/proof-unused"),
];
