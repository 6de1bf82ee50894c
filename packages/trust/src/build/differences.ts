// SPDX-License-Identifier: Apache-2.0
import { canonicalText, type Json } from "../canonical.ts";
import { isDigest } from "../digest.ts";
import { type Attested, isSummary } from "./attested.ts";
import { type BuilderRule, isVerifierRule, type TrustedBuilder, type VerifierRule } from "./builder-rule.ts";
import type { ResourceDescriptor } from "./in-toto.ts";
import { originOf } from "./origin.ts";
import type { Provenance } from "./provenance.ts";
import { includesLevel, type VerificationSummary } from "./summary.ts";

/** One thing that a rule wants, and what is there; undefined where nothing is wanted, or nothing there. */
type Compared = readonly [field: string, wanted: Json | undefined, given: Json | undefined];

/** In what an attestation differs from a rule, for a release of this version: empty where it is exactly what was agreed. */
export function differences(rule: TrustedBuilder, attested: Attested, version: string): readonly string[] {
  if (isVerifierRule(rule)) return isSummary(attested) ? unequal(summaryFields(rule, attested), version) : ["a build, from a verifier"];
  return isSummary(attested) ? ["a summary, from a builder"] : unequal(buildFields(rule, attested), version);
}

function buildFields(rule: BuilderRule, provenance: Provenance): readonly Compared[] {
  const { buildDefinition, runDetails } = provenance.predicate;
  const origin = originOf(provenance);
  const given = buildDefinition.externalParameters;
  const names = [...new Set([...Object.keys(rule.parameters), ...Object.keys(given)])];
  return [
    ["builder.id", rule.id, runDetails.builder.id],
    ["buildType", rule.buildType, buildDefinition.buildType],
    ["source", rule.source, origin.repository],
    ["source commit", "a git commit", origin.commit && "a git commit"],
    ["source ref", rule.ref, origin.ref],
    ["repository id", rule.repositoryId, origin.repositoryId],
    ["owner id", rule.ownerId, origin.ownerId],
    ["runner environment", rule.runnerEnvironment, origin.runnerEnvironment],
    ["event", rule.eventName, origin.eventName],
    ...names.map((name) => [`externalParameters.${name}`, own(rule.parameters, name), own(given, name)] as const),
  ];
}

function summaryFields(rule: VerifierRule, { predicate }: VerificationSummary): readonly Compared[] {
  const { verifier, resourceUri, policy, inputAttestations = [], verificationResult, verifiedLevels } = predicate;
  return [
    ["verifier.id", rule.id, verifier.id],
    ["resourceUri", rule.resourceUri, resourceUri],
    ["policy.uri", rule.policy.uri, policy.uri],
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

function unequal(fields: readonly Compared[], version: string): readonly string[] {
  return fields.flatMap(([field, wanted, given]) => {
    const [expected, found] = [printed(filled(wanted, version)), printed(given)];
    return expected === found ? [] : [`${field}: expected ${expected}, found ${found}`];
  });
}

/** Values of different types, text and number say, print differently. */
function printed(value: Json | undefined): string {
  return value === undefined ? "nothing" : canonicalText(value);
}

function filled(value: Json | undefined, version: string): Json | undefined {
  if (typeof value === "string") return value.replaceAll("{version}", () => version);
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, version) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, version) ?? null]));
}

function own(parameters: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}
