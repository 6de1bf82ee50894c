// SPDX-License-Identifier: Apache-2.0
import { canonicalText, type Json } from "../canonical.ts";
import { isDigest } from "../digest.ts";
import { type Attested, isSummary } from "./attested.ts";
import { type BuilderRule, isVerifierRule, type TrustedBuilder, type VerifierRule } from "./builder-rule.ts";
import type { BuildCertificate } from "./certificate.ts";
import { type BuildClaims, claimsOf, runIdOf } from "./claims.ts";
import type { ResourceDescriptor } from "./in-toto.ts";
import type { Provenance } from "./provenance.ts";
import { includesLevel, type VerificationSummary } from "./summary.ts";
import { withVersion } from "./version-pattern.ts";

/** One thing that a rule wants, and what is there; undefined where nothing is wanted, or nothing there. */
type Compared = readonly [field: string, wanted: Json | undefined, given: Json | undefined];

/** In what an attestation differs from a rule, for a release of this version: empty where it is exactly what was agreed. */
export function differences(rule: TrustedBuilder, attested: Attested, version: string): readonly string[] {
  if (isVerifierRule(rule)) return isSummary(attested) ? unequal(summaryFields(rule, attested, version)) : ["a build, from a verifier"];
  return isSummary(attested) ? ["a summary, from a builder"] : unequal(buildFields(agreed(rule, version), claimsOf(attested)));
}

/** In what a certificate differs from the provenance that carries it, or from the rule that lets its issuer give one. */
export function certificateDifferences(
  rule: BuilderRule,
  certificate: BuildCertificate,
  provenance: Provenance,
  version: string,
): readonly string[] {
  const told = { ...claimsOf(provenance), runId: runIdOf(provenance) };
  return unequal([
    ...buildFields(agreed(rule, version), certificate),
    ...buildFields(certificate, told),
    ["source commit", certificate.commit, told.commit],
    ["run", certificate.runId, told.runId],
  ]);
}

/** What a rule wants of a build of this version; whichever commit it is. */
export function agreed({ id, keyid, certified, ...rule }: BuilderRule, version: string): BuildClaims {
  return withVersion({ ...rule, builder: id }, version);
}

function buildFields(wanted: BuildClaims, given: BuildClaims): readonly Compared[] {
  const names = [...new Set([...Object.keys(wanted.parameters), ...Object.keys(given.parameters)])];
  return [
    ["builder.id", wanted.builder, given.builder],
    ["buildType", wanted.buildType, given.buildType],
    ["source", wanted.source, given.source],
    ["source commit", "a git commit", given.commit && "a git commit"],
    ["source ref", wanted.ref, given.ref],
    ["repository id", wanted.repositoryId, given.repositoryId],
    ["owner id", wanted.ownerId, given.ownerId],
    ["runner environment", wanted.runnerEnvironment, given.runnerEnvironment],
    ["event", wanted.eventName, given.eventName],
    ...names.map((name) => [`externalParameters.${name}`, own(wanted.parameters, name), own(given.parameters, name)] as const),
  ];
}

function summaryFields(rule: VerifierRule, { predicate }: VerificationSummary, version: string): readonly Compared[] {
  const { verifier, resourceUri, policy, inputAttestations = [], verificationResult, verifiedLevels } = predicate;
  const wanted = withVersion({ id: rule.id, resourceUri: rule.resourceUri, uri: rule.policy.uri }, version);
  return [
    ["verifier.id", wanted.id, verifier.id],
    ["resourceUri", wanted.resourceUri, resourceUri],
    ["policy.uri", wanted.uri, policy.uri],
    ["policy.digest", rule.policy.sha256, policy.digest?.["sha256"]],
    ["verificationResult", "PASSED", verificationResult],
    ["inputAttestations", "named by SHA-256", named(inputAttestations) ? "named by SHA-256" : undefined],
    ...rule.levels.map((level) => ["verifiedLevels", level, includesLevel(verifiedLevels, level) ? level : verifiedLevels] as const),
  ];
}

/** What was verified can be looked up: there is something, and all of it has the digest by which everything is named here. */
function named(attestations: readonly ResourceDescriptor[]): boolean {
  return attestations.length > 0 && attestations.every(({ digest }) => isDigest(digest?.["sha256"] ?? ""));
}

function unequal(fields: readonly Compared[]): readonly string[] {
  return fields.flatMap(([field, wanted, given]) => {
    const [expected, found] = [printed(wanted), printed(given)];
    return expected === found ? [] : [`${field}: expected ${expected}, found ${found}`];
  });
}

/** Values of different types, text and number say, print differently. */
function printed(value: Json | undefined): string {
  return value === undefined ? "nothing" : canonicalText(value);
}

function own(parameters: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}
