// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { servedBytes } from "../canonical.ts";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { people, policyOf } from "../founding.test-support.ts";
import { type ChannelRules, policy as policyDecoder } from "../policy/policy.ts";
import { codeOf, digestOf, ledger, must, type Person, person, statementOf, TestLog } from "../simulator.test-support.ts";
import { type Attestation, attestationIn } from "./attestation.ts";
import { readAttested } from "./attested.ts";
import type { VerifierRule } from "./builder-rule.ts";
import { provenanceChecks } from "./checks.ts";
import { payloadDigest, preAuthenticationEncoding } from "./dsse.ts";
import { inTotoPayloadType } from "./in-toto.ts";
import { includesLevel } from "./summary.ts";

const verifier = person("verifier");
const founding = must(decode(policyDecoder, policyOf(), "policy"));
const policy = {
  ...founding,
  holders: { ...founding.holders, [verifier.keyid]: { key: verifier.key, holder: "verifier", owner: "vera" } },
};
const rule: VerifierRule = {
  id: "https://verifier.example/1",
  keyid: verifier.keyid,
  resourceUri: "pkg:generic/hello@{version}",
  policy: { uri: "https://verifier.example/policy", sha256: digestOf("policy") },
  levels: ["SLSA_BUILD_LEVEL_2"],
  withinSeconds: 3600,
};
const usual = (founding.channels["stable"] as ChannelRules).builders.trusted;
const rules: ChannelRules = { ...(founding.channels["stable"] as ChannelRules), builders: { quorum: 1, trusted: [...usual, rule] } };

/** Its entry is witnessed at noon. */
const noon = Date.parse("2026-06-01T12:00:00Z") / 1000;
const summaryOf = (predicate: object = {}, rest: object = {}): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "hello", digest: { sha256: digestOf("bytes") } }],
  predicateType: "https://slsa.dev/verification_summary/v1",
  predicate: {
    verifier: { id: rule.id, version: { sigstore: "4" } },
    timeVerified: "2026-06-01T11:59:00.5Z",
    resourceUri: "pkg:generic/hello@1.0.0",
    policy: { uri: rule.policy.uri, digest: { sha256: rule.policy.sha256 } },
    inputAttestations: [{ uri: "https://example.org/bundle", digest: { sha256: digestOf("bundle") } }],
    verificationResult: "PASSED",
    verifiedLevels: ["SLSA_BUILD_LEVEL_3", "SLSA_SOURCE_LEVEL_1"],
    slsaVersion: "1.2",
    ...predicate,
  },
  ...rest,
});

async function envelopeOf(summary: object, signer: Person): Promise<Uint8Array> {
  const payload = servedBytes(summary);
  const sig = Buffer.from(await signer.sign(preAuthenticationEncoding(inTotoPayloadType, payload))).toString("base64");
  return servedBytes({
    payloadType: inTotoPayloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: "", sig }],
  });
}

async function attestationOf(summary: object, signer = verifier, time = noon): Promise<Attestation> {
  const bytes = await envelopeOf(summary, signer);
  return must(attestationIn(bytes, await new TestLog().prove({ type: "provenance", digest: sha256(bytes) }, [time, time])));
}

async function code(attestation: Attestation, quorum = 1, trusted = rules.builders.trusted): Promise<string> {
  const candidate = statementOf({ provenance: [attestation.envelope.digest] });
  const subject = { candidate, attestations: [attestation], policy, rules: { ...rules, builders: { quorum, trusted } }, ledger };
  return codeOf(judge(subject, provenanceChecks).outcome);
}

test("a verifier's summary stands in for a builder, and counts as one", async () => {
  assert.equal(await code(await attestationOf(summaryOf())), "accepted");
  assert.equal(await code(await attestationOf(summaryOf()), 2), "builder-not-trusted");
});

test("attack: a summary of a build that stands beside it counts as a second builder", async () => {
  const build = await attestationOf(buildOf(), people.builder);
  const two = async (digest: string): Promise<string> => {
    const inputAttestations = [{ digest: { sha256: digestOf("else") } }, { digest: { sha256: digest } }];
    const attestations = [build, await attestationOf(summaryOf({ inputAttestations }))];
    const candidate = statementOf({ provenance: attestations.map(({ envelope }) => envelope.digest) });
    const builders = { quorum: 2, trusted: rules.builders.trusted };
    return codeOf(judge({ candidate, attestations, policy, rules: { ...rules, builders }, ledger }, provenanceChecks).outcome);
  };
  assert.equal(await two(digestOf("bundle")), "accepted", "of another build");
  assert.equal(await two(build.envelope.digest), "builder-not-trusted", "by the envelope");
  assert.equal(await two(payloadDigest(build.envelope)), "builder-not-trusted", "by what is in it, which another envelope has too");
});

const buildOf = (builder = "https://ci.example/runner"): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ digest: { sha256: digestOf("bytes") } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://ci.example/build/v1",
      externalParameters: { workflow: "release.yml" },
      resolvedDependencies: [{ uri: "git+https://git.example/hello", digest: { gitCommit: "0".repeat(40) } }],
    },
    runDetails: { builder: { id: builder } },
  },
});

test("attack: a summary by a builder's key, or by anybody else's (VSA 4: the verifier and its key go together)", async () => {
  for (const signer of [people.builder, people.alice, person("stranger")])
    assert.equal(await code(await attestationOf(summaryOf(), signer)), "builder-not-trusted", signer.name);
});

test("attack: provenance by a verifier's key, which may summarise and not build", async () => {
  assert.equal(await code(await attestationOf(buildOf(rule.id))), "builder-not-trusted");
});

test("attack: a summary that differs in any one thing from what the policy says", async () => {
  const predicates: Readonly<Record<string, object>> = {
    "another verifier (VSA 4)": { verifier: { id: "https://verifier.example/2" } },
    "another resource (VSA 5)": { resourceUri: "pkg:generic/goodbye@1.0.0" },
    "another version": { resourceUri: "pkg:generic/hello@1.0.1" },
    "a failure (VSA 6)": { verificationResult: "FAILED" },
    "a lower level (VSA 7)": { verifiedLevels: ["SLSA_BUILD_LEVEL_1"] },
    "a level of another track": { verifiedLevels: ["SLSA_SOURCE_LEVEL_3"] },
    "another policy": { policy: { uri: "https://verifier.example/lax", digest: { sha256: rule.policy.sha256 } } },
    "other bytes of the policy": { policy: { uri: rule.policy.uri, digest: { sha256: digestOf("lax") } } },
    "a policy without a digest": { policy: { uri: rule.policy.uri } },
    "a policy by another digest": { policy: { uri: rule.policy.uri, digest: { sha512: rule.policy.sha256 } } },
    "nothing that was looked at": { inputAttestations: [] },
    "nothing said of it": { inputAttestations: undefined },
    "something without a digest": { inputAttestations: [{ uri: "https://example.org/bundle" }] },
    "a digest that is none": { inputAttestations: [{ digest: { sha256: "it" } }] },
    "a digest cut short": { inputAttestations: [{ digest: { sha256: digestOf("bundle").slice(1) } }] },
    "a digest by which nothing is named here": { inputAttestations: [{ digest: { sha512: digestOf("bundle").repeat(2) } }] },
  };
  for (const [difference, predicate] of Object.entries(predicates))
    assert.equal(await code(await attestationOf(summaryOf(predicate))), "provenance-differs", difference);
});

test("attack: a summary of other bytes (VSA 2)", async () => {
  const subject = [{ name: "hello", digest: { sha256: digestOf("evil") } }];
  assert.equal(await code(await attestationOf(summaryOf({}, { subject }))), "artifact-not-attested");
});

test("attack: an old summary in a new entry, and one from the future", async () => {
  const at = async (timeVerified: string): Promise<string> => code(await attestationOf(summaryOf({ timeVerified })));
  assert.equal(await at("2026-06-01T12:00:00Z"), "accepted");
  assert.equal(await at("2026-06-01T11:00:00Z"), "accepted");
  assert.equal(await at("2026-06-01T10:59:59Z"), "summary-outdated");
  assert.equal(await at("2026-06-01T12:00:00.001Z"), "summary-outdated");
});

test("attack: an old summary, whose verifier has a laxer rule for something else", async () => {
  const lax: VerifierRule = { ...rule, resourceUri: "pkg:generic/goodbye@{version}", withinSeconds: 365 * 86_400 };
  const old = await attestationOf(summaryOf({ timeVerified: "2026-05-01T00:00:00Z" }));
  for (const trusted of [
    [lax, rule],
    [rule, lax],
  ])
    assert.equal(await code(old, 1, trusted), "summary-outdated");
});

test("attack: a summary that reads in two ways, or cannot be read", () => {
  const bad: readonly object[] = [
    { verifiedLevels: ["SLSA_BUILD_LEVEL_3", "SLSA_BUILD_LEVEL_1"] },
    { verifiedLevels: [] },
    { verificationResult: "passed" },
    { timeVerified: undefined },
    { timeVerified: "2026-02-30T00:00:00Z" },
    { timeVerified: "2026-06-01T12:00:00+02:00" },
    { verifier: {} },
    { resourceUri: undefined },
  ];
  for (const predicate of bad) {
    const payload = servedBytes(summaryOf(predicate));
    const envelope = { payloadType: inTotoPayloadType, payload, signatures: [], digest: digestOf("any") };
    assert.equal(codeOf(readAttested(envelope)), "malformed-document", JSON.stringify(predicate));
  }
});

test("a level implies the lower ones of its own track, and a property only itself", () => {
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_3"], "SLSA_BUILD_LEVEL_2"), true);
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_2"], "SLSA_BUILD_LEVEL_3"), false);
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_3"], "SLSA_SOURCE_LEVEL_1"), false);
  assert.equal(includesLevel(["REPRODUCED"], "REPRODUCED"), true);
  assert.equal(includesLevel(["REPRODUCED", "SLSA_BUILD_LEVEL_3"], "REVIEWED"), false);
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_UNEVALUATED"], "SLSA_BUILD_LEVEL_1"), false);
});

test("attack: a property that is called as a track is, which has no levels and is none", () => {
  assert.equal(includesLevel(["SLSA_BUILD"], "SLSA_BUILD_LEVEL_0"), false);
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_3"], "SLSA_BUILD"), false);
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_10"], "SLSA_BUILD_LEVEL_1"), false);
  assert.equal(includesLevel(["SLSA_BUILD_LEVEL_0"], "SLSA_BUILD_LEVEL_0"), true);
});
