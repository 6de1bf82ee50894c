// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../canonical.ts";
import { closed, type Decoder, digest, distinct, integer, json, optional, record, text } from "../decode.ts";
import type { Digest } from "../digest.ts";

/**
 * What provenance of a trusted builder must say. All of it is compared exactly: a value that differs is refused, one that is missing is, and so is one that the
 * rule does not have. In texts, `{version}` stands for the version of the release, for platforms that build a tag; there is no other pattern.
 */
export interface BuilderRule {
  readonly id: string;
  /** The key that signs for this id; it stands among the policy's holders. */
  readonly keyid: string;
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

const builderRule: Decoder<BuilderRule> = closed<BuilderRule>({
  id: text,
  keyid: text,
  buildType: text,
  source: text,
  repositoryId: optional(text),
  ownerId: optional(text),
  ref: optional(text),
  runnerEnvironment: optional(text),
  eventName: optional(text),
  parameters: record(text, json),
});

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
