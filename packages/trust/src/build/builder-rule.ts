// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../canonical.ts";
import {
  closed,
  type Decoder,
  digest,
  distinct,
  integer,
  json,
  literal,
  Malformed,
  matching,
  optional,
  record,
  type Shape,
  text,
} from "../decode.ts";
import type { Digest } from "../digest.ts";
import { longestCertificate } from "./certificate.ts";

/**
 * What provenance of a trusted builder must say. All of it is compared exactly: a value that differs is refused, one that is missing is, and so is one that the
 * rule does not have. In texts, `{version}` stands for the version of the release, for platforms that build a tag; there is no other pattern.
 */
export interface BuilderRule {
  readonly id: string;
  /** The key that signs for this id, or that of the issuer which certifies such keys; it stands among the policy's holders, and counts as the builder's. */
  readonly keyid: string;
  /** Present where `keyid` is an issuer's; absent where it is a standing key, which signs provenance itself. */
  readonly certified?: CertifiedBuilder | undefined;
  readonly buildType: string;
  /** The source repository, as provenance names it in `resolvedDependencies`, without the ref. */
  readonly source: string;
  /** The immutable numbers behind that name, where the platform states them. */
  readonly repositoryId?: string | undefined;
  readonly ownerId?: string | undefined;
  /** The full ref that was built, `refs/heads/main` say, where the platform states one. */
  readonly ref?: string | undefined;
  readonly runnerEnvironment?: string | undefined;
  readonly eventName?: string | undefined;
  /** `externalParameters`, every one of them. */
  readonly parameters: Readonly<Record<string, Json>>;
}

/** Of a rule, what it pins of the build itself, whoever signs for it. */
export type PinnedBuild = Omit<BuilderRule, "keyid" | "certified">;

/** How `PinnedBuild` is read, to stand among the members of what else a document says of a builder. */
export const pinnedBuild: Shape<PinnedBuild> = {
  id: text,
  buildType: text,
  source: text,
  repositoryId: optional(text),
  ownerId: optional(text),
  ref: optional(text),
  runnerEnvironment: optional(text),
  eventName: optional(text),
  parameters: record(text, json),
};

/** How an issuer certifies the keys of a builder. */
export interface CertifiedBuilder {
  /** How long a key may live, at most. */
  readonly seconds: number;
  /** Whose identity token the issuer gives a certificate for. Issuers look at it; devices do not see the token. */
  readonly token: TokenRule;
}

/** What the OIDC token of a CI job must say, all of it exactly; `{version}` stands for the version of the release. */
export interface TokenRule {
  /** What issues it: of GitHub and GitLab it is known which claims tell one workflow from any other, and the issuer refuses a rule that lacks one. */
  readonly kind: "github-actions" | "gitlab" | "oidc";
  readonly issuer: string;
  readonly audience: string;
  /** Claim to value, for every claim that tells this workflow from any other. */
  readonly claims: Readonly<Record<string, string>>;
  /** The names of the claims that say which commit is built and which run that is. */
  readonly commitClaim: string;
  readonly runClaim: string;
}

/**
 * What the summary of a trusted verifier must say. A verifier stands in for a builder whose provenance we cannot check: it has a key and an owner like any other,
 * and counts as one builder.
 */
export interface VerifierRule {
  readonly id: string;
  readonly keyid: string;
  /** Exactly this; `{version}` stands for the version of the release. */
  readonly resourceUri: string;
  /** The policy that it verified against, to the byte. */
  readonly policy: { readonly uri: string; readonly sha256: Digest };
  /** Each is verified, or a higher level of its track. */
  readonly levels: readonly string[];
  /** How long before its entry in the ledger it may have verified, at most. */
  readonly withinSeconds: number;
}

export type TrustedBuilder = BuilderRule | VerifierRule;

const word: Decoder<string> = matching(/^[^*]+$/, "a text that is not empty and has no wildcard");

const tokenClaims: Decoder<TokenRule["claims"]> = (value, at) => {
  const claims = record(word, word)(value, at);
  if (Object.keys(claims).length === 0) throw new Malformed(at, "at least one claim", "none");
  return claims;
};

export const certifiedBuilder: Decoder<CertifiedBuilder> = closed<CertifiedBuilder>({
  seconds: integer(1, longestCertificate),
  token: closed<TokenRule>({
    kind: literal("github-actions", "gitlab", "oidc"),
    issuer: word,
    audience: word,
    claims: tokenClaims,
    commitClaim: word,
    runClaim: word,
  }),
});

const builderRule: Decoder<BuilderRule> = closed<BuilderRule>({ keyid: text, certified: optional(certifiedBuilder), ...pinnedBuild });

const verifierRule: Decoder<VerifierRule> = closed<VerifierRule>({
  id: text,
  keyid: text,
  resourceUri: text,
  policy: closed({ uri: text, sha256: digest }),
  levels: distinct(text, 1),
  withinSeconds: integer(1),
});

/** Reads a builder or a verifier; the latter is known by its `resourceUri`. */
export const trustedBuilder: Decoder<TrustedBuilder> = (value, at) =>
  typeof value === "object" && value !== null && "resourceUri" in value ? verifierRule(value, at) : builderRule(value, at);

export function isVerifierRule(rule: TrustedBuilder): rule is VerifierRule {
  return "resourceUri" in rule;
}
