// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalText, type Json, servedBytes } from "../canonical.ts";
import { sha256 } from "../digest.ts";
import { digestOf, must } from "../simulator.test-support.ts";
import { isSummary, readAttested } from "./attested.ts";
import type { BuilderRule, VerifierRule } from "./builder-rule.ts";
import { differences } from "./differences.ts";
import { inTotoPayloadType } from "./in-toto.ts";

const subject = [{ name: "hello", digest: { sha256: digestOf("bytes") } }];
const provenance = {
  _type: "https://in-toto.io/Statement/v1",
  subject,
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://ci.example/build/v1",
      externalParameters: { workflow: { path: "release.yml", retries: 2, flags: ["a", true, null] } },
      internalParameters: { github: { repository_id: "1", repository_owner_id: "2", runner_environment: "hosted", event_name: "push" } },
      resolvedDependencies: [{ uri: "git+https://git.example/hello@refs/heads/main", digest: { gitCommit: "0".repeat(40) } }],
    },
    runDetails: { builder: { id: "https://ci.example/runner" } },
  },
};
const summary = {
  _type: "https://in-toto.io/Statement/v1",
  subject,
  predicateType: "https://slsa.dev/verification_summary/v1",
  predicate: {
    verifier: { id: "https://verifier.example" },
    timeVerified: "2026-06-01T12:00:00Z",
    resourceUri: "pkg:generic/hello@1.0.0",
    policy: { uri: "https://verifier.example/policy", digest: { sha256: digestOf("policy") } },
    inputAttestations: [{ digest: { sha256: digestOf("bundle") } }],
    verificationResult: "PASSED",
    verifiedLevels: ["SLSA_BUILD_LEVEL_3"],
  },
};
const rule: BuilderRule = {
  id: "https://ci.example/runner",
  keyid: "k",
  buildType: "https://ci.example/build/v1",
  source: "git+https://git.example/hello",
  repositoryId: "1",
  ownerId: "2",
  ref: "refs/heads/main",
  runnerEnvironment: "hosted",
  eventName: "push",
  parameters: { workflow: { path: "release.yml", retries: 2, flags: ["a", true, null] } },
};
const verifierRule: VerifierRule = {
  id: "https://verifier.example",
  keyid: "v",
  resourceUri: "pkg:generic/hello@{version}",
  policy: { uri: "https://verifier.example/policy", sha256: digestOf("policy") },
  levels: ["SLSA_BUILD_LEVEL_3"],
  withinSeconds: 60,
};

const read = (document: unknown) => {
  const payload = servedBytes(document);
  return readAttested({ payloadType: inTotoPayloadType, payload, signatures: [], digest: sha256(payload) });
};

/** The same document with what stands at a path replaced, or left out. */
function changed(document: Json, path: readonly number[], value: Json | undefined): Json | undefined {
  const [at, ...rest] = path;
  if (at === undefined || typeof document !== "object" || document === null) return value;
  const entries = Object.entries(document as Readonly<Record<string, Json>>);
  const chosen = entries[at % Math.max(1, entries.length)]?.[0];
  const replaced = entries.flatMap(([name, item]) => {
    const kept = name === chosen ? changed(item, rest, value) : item;
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return Array.isArray(document) ? replaced.map(([, item]) => item) : Object.fromEntries(replaced);
}

test("what is as agreed differs in nothing", () => {
  assert.deepEqual(differences(rule, must(read(provenance)), "1.0.0"), []);
  assert.deepEqual(differences(verifierRule, must(read(summary)), "1.0.0"), []);
});

/** All that the rules pin, in one form; what they do not look at is left out. */
function pinned(document: unknown): string {
  const { predicate } = document as typeof provenance & typeof summary;
  const { buildDefinition, runDetails, verifier, resourceUri, policy, verificationResult, verifiedLevels } = predicate;
  if (buildDefinition === undefined)
    return canonicalText([verifier.id, resourceUri, policy.uri, policy.digest.sha256, verificationResult, ...verifiedLevels]);
  const { buildType, externalParameters, internalParameters, resolvedDependencies } = buildDefinition;
  return canonicalText([runDetails.builder.id, buildType, externalParameters, internalParameters, ...resolvedDependencies]);
}

test("a good document with anything in it replaced or left out is refused, differs, or says the same of all that is pinned; and nothing throws", () => {
  const value = fc.option(fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean(), fc.constantFrom(null, [], {})), { nil: undefined });
  fc.assert(
    fc.property(fc.constantFrom(provenance, summary), fc.array(fc.nat(8), { minLength: 1, maxLength: 7 }), value, (good, path, other) => {
      const document = changed(good as unknown as Json, path, other);
      const attested = read(document);
      if (!attested.ok || differences(isSummary(attested.value) ? verifierRule : rule, attested.value, "1.0.0").length > 0) return;
      assert.equal(pinned(document), pinned(good));
    }),
    { numRuns: 1000 },
  );
});
