// SPDX-License-Identifier: Apache-2.0
import type { Token } from "@countersign/federation/jws";
import type { BuildClaims } from "@countersign/trust/build/claims";
import { type Check, decide } from "@countersign/trust/check";
import type { IssuerRule } from "./request-checks.ts";
import { contradictions } from "./token-facts.ts";

/** A job whose token is good, before a certificate is made for it. */
export interface JobSubject {
  readonly candidate: Token;
  readonly rule: IssuerRule;
  /** What the rule wants of a build of the version that is asked for. */
  readonly wanted: BuildClaims;
  /** Whether a certificate was given for this token before. */
  readonly isUsed: boolean;
  /** Certificates given within the last hour, and how many may be. */
  readonly givenWithinHour: number;
  readonly certificatesPerHour: number;
}

export const jobChecks: readonly Check<JobSubject>[] = [
  {
    name: "job/commit",
    source: "a certificate is for one commit",
    examine: ({ candidate, rule }) => {
      const { commitClaim } = rule.certified.token;
      const commit = candidate.claims[commitClaim];
      const named = typeof commit === "string" && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit);
      return decide(named, `a commit in ${commitClaim}`, String(commit).slice(0, 64), "commit-missing", "Use tokens that name the commit.");
    },
  },
  {
    name: "job/run",
    source: "a certificate is for one run",
    examine: ({ candidate, rule }) => {
      const { runClaim } = rule.certified.token;
      const run = candidate.claims[runClaim];
      const named = typeof run === "string" && /^[\x21-\x7e]{1,200}$/.test(run);
      return decide(named, `a run in ${runClaim}`, String(run).slice(0, 64), "run-missing", "Use tokens that name the run.");
    },
  },
  {
    name: "job/facts",
    source: "what a certificate says is what the platform says",
    examine: ({ candidate, rule, wanted }) => {
      const found = contradictions(rule.certified.token.kind, candidate.claims, wanted);
      return decide(
        found.length === 0,
        "the build that the policy means",
        found.join("; ") || "no contradiction",
        "facts-differ",
        "Let the targets quorum correct the rule.",
      );
    },
  },
  {
    name: "job/once",
    source: "a token is used once",
    examine: ({ isUsed }) =>
      decide(!isUsed, "a token that was not used here", isUsed ? "used before" : "new", "token-used", "Ask the platform for a new token."),
  },
  {
    name: "job/rate",
    source: "what an issuer can be made to do within an hour is bounded",
    examine: ({ givenWithinHour, certificatesPerHour }) =>
      decide(
        givenWithinHour < certificatesPerHour,
        `fewer than ${certificatesPerHour} certificates within an hour`,
        `${givenWithinHour}`,
        "too-many-certificates",
        "Find out who builds so much; then wait, or raise certificatesPerHour.",
      ),
  },
];
