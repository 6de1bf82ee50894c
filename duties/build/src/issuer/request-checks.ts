// SPDX-License-Identifier: Apache-2.0
import type { BuilderRule, CertifiedBuilder } from "@countersign/trust/build/builder-rule";
import { type Check, decide } from "@countersign/trust/check";
import type { Envelope } from "@countersign/trust/envelope";
import { keyidOf } from "@countersign/trust/key";
import type { Policy } from "@countersign/trust/policy/policy";
import { signersOf } from "@countersign/trust/quorum";
import type { CertificateRequest } from "./request.ts";

/** A rule of the signed policy under which this issuer certifies. */
export type IssuerRule = BuilderRule & { readonly certified: CertifiedBuilder };

/** A request before its token is looked at. */
export interface RequestSubject {
  readonly candidate: Envelope<CertificateRequest>;
  readonly policy: Policy;
  /** Rules that name this issuer's key, for the channel, builder and version that are asked for. */
  readonly rules: readonly IssuerRule[];
  /** Whether a key was certified before. */
  readonly isKnown: (keyid: string) => boolean;
}

export const requestChecks: readonly Check<RequestSubject>[] = [
  {
    name: "request/possession",
    source: "a certificate is given to whoever has the key",
    examine: ({ candidate }) => {
      const { key } = candidate.signed;
      const keyid = keyidOf(key);
      const signed = signersOf(candidate, { keys: { [keyid]: key }, keyids: [keyid], threshold: 1 }).length === 1;
      return decide(
        signed,
        "signed by the key that is to be certified",
        signed ? keyid.slice(0, 12) : "no such signature",
        "key-not-possessed",
        "Sign the request with the key that was made in the job.",
      );
    },
  },
  {
    name: "request/new-key",
    source: "a key for one build",
    examine: ({ candidate, policy, isKnown }) => {
      const keyid = keyidOf(candidate.signed.key);
      const known = policy.holders[keyid] !== undefined || isKnown(keyid);
      return decide(
        !known,
        "a key that nobody has used before",
        known ? `${keyid.slice(0, 12)}, which is known` : "a new one",
        "key-not-new",
        "Make a new key in each job, and forget it with the job.",
      );
    },
  },
  {
    name: "request/rule",
    source: "the signed policy says who is certified, by whom",
    examine: ({ candidate, rules }) => {
      const { channel, builder, version } = candidate.signed;
      return decide(
        rules.length === 1,
        `one rule for ${builder} on ${channel} that names this issuer`,
        `${rules.length} for version ${version}`,
        "builder-not-certified-here",
        "Ask the issuer that the policy names, for a builder that it names; each needs an id of its own.",
      );
    },
  },
];
