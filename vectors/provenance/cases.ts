// SPDX-License-Identifier: Apache-2.0
import { type Attestation, attestationIn } from "@countersign/trust/build/attestation";
import { provenanceChecks } from "@countersign/trust/build/checks";
import { payloadDigest, readDsse } from "@countersign/trust/build/dsse";
import { judge } from "@countersign/trust/check";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { statement as statementDecoder } from "@countersign/trust/release/statement";
import { digestOf, must } from "@countersign/trust/simulator.test-support";
import { accepted, type GivenLedger, ledger, ledgerOf, readPolicy, refused } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";
import {
  attestation,
  attestedBy,
  builder,
  certificateOf,
  certifiedAttestation,
  certifiedRule,
  type GivenAttestation,
  issuer,
  noon,
  policyWith,
  provenanceOf,
  rule,
  second,
  sourceAt,
  statementNaming,
  summaryOf,
  verifier,
  verifierRule,
} from "./documents.ts";

interface Given {
  readonly policy: unknown;
  readonly statement: unknown;
  readonly ledger: GivenLedger;
  readonly attestations: readonly GivenAttestation[];
}

function given(attestations: readonly GivenAttestation[], change: Partial<Given> = {}): Given {
  return { policy: policyWith([rule]), statement: statementNaming(attestations), ledger, attestations, ...change };
}

const twoBuilders = policyWith([rule, { ...rule, keyid: second.keyid }], 2);
const elsewhere = { ...rule, keyid: second.keyid, source: "git+https://github.com/octo/elsewhere" };
const verified = policyWith([verifierRule]);
const buildAndSummary = policyWith([rule, verifierRule], 2);
const inputs = (digest: string): object => ({ inputAttestations: [{ digest: { sha256: digest } }] });
const bytesOf = ({ envelope }: GivenAttestation): Buffer => Buffer.from(envelope, "base64");
const digestOfFile = (of: GivenAttestation): string => sha256(bytesOf(of));
const digestOfPayload = (of: GivenAttestation): string => payloadDigest(must(readDsse(bytesOf(of))));
const twoRules = policyWith([verifierRule, { ...verifierRule, resourceUri: "pkg:generic/hello-hotfix@{version}", withinSeconds: 30 }]);

async function cases(): Promise<readonly Vector<Given>[]> {
  const good = await attestation(provenanceOf());
  const other = await attestation(provenanceOf(), second);
  const differs = async (description: string, build: Parameters<typeof provenanceOf>[0]): Promise<Vector<Given>> =>
    refused(description, "provenance-differs", given([await attestation(provenanceOf(build))]));
  const summary = async (predicate: object = {}, signer = verifier): Promise<Given> =>
    given([await attestation(summaryOf(predicate), signer)], { policy: verified });
  const summaryDiffers = async (description: string, predicate: object): Promise<Vector<Given>> =>
    refused(description, "provenance-differs", await summary(predicate));
  const bare = { ...rule, runnerEnvironment: undefined };
  const certified = async (...of: Parameters<typeof certifiedAttestation>): Promise<Given> =>
    given([await certifiedAttestation(...of)], { policy: policyWith([certifiedRule]) });
  const certificateDiffers = async (description: string, change: object): Promise<Vector<Given>> =>
    refused(description, "certificate-differs", await certified(certificateOf(change)));
  return [
    accepted("a build as the policy wants it", given([good])),
    accepted("two builders of different owners, of one commit", given([good, other], { policy: twoBuilders })),
    refused(
      "attack: another envelope than the statement names",
      "provenance-not-named",
      given([good], { statement: statementNaming([other]) }),
    ),
    refused("attack: signed by a key that builds nothing here", "builder-not-trusted", given([await attestation(provenanceOf(), second)])),
    refused("one builder where two are asked for", "builder-not-trusted", given([good], { policy: twoBuilders })),
    refused(
      "attack: one file that two builders signed, where two are asked for",
      "builder-not-trusted",
      given([await attestedBy(provenanceOf(), [builder, second])], { policy: twoBuilders }),
    ),
    accepted(
      "one file that two trusted builders signed: it is judged by the first of their rules",
      given([await attestedBy(provenanceOf(), [second, builder])], { policy: policyWith([rule, elsewhere]) }),
    ),
    refused(
      "the same, where the policy has the rules in another order",
      "provenance-differs",
      given([await attestedBy(provenanceOf(), [builder, second])], { policy: policyWith([elsewhere, rule]) }),
    ),
    accepted("one that somebody else signed too", given([await attestedBy(provenanceOf(), [second, builder])])),
    refused("attack: a payload of another type", "payload-type", given([await attestation(provenanceOf(), builder, "text/plain")])),
    refused(
      "attack: of other bytes",
      "artifact-not-attested",
      given([await attestation(provenanceOf({ subject: [{ digest: { sha256: digestOf("evil") } }] }))]),
    ),
    refused("attack: never made public", "inclusion-unproven", given([{ ...good, proof: other.proof }])),
    refused(
      "attack: two builders, two commits",
      "commits-differ",
      given(
        [
          good,
          await attestation(
            provenanceOf({ definition: sourceAt("git+https://github.com/octo/hello@refs/tags/v1.0.0", "6".repeat(40)) }),
            second,
          ),
        ],
        {
          policy: twoBuilders,
        },
      ),
    ),
    await differs("attack: another workflow claims to have built it", {
      id: "https://github.com/octo/hello/.github/workflows/evil.yml@refs/tags/v1.0.0",
    }),
    await differs("attack: another build type", { definition: { buildType: "https://example.org/build" } }),
    await differs("attack: another repository", { definition: sourceAt("git+https://github.com/evil/hello@refs/tags/v1.0.0") }),
    await differs("attack: another ref", { definition: sourceAt("git+https://github.com/octo/hello@refs/heads/evil") }),
    await differs("attack: the tag of another version", { definition: sourceAt("git+https://github.com/octo/hello@refs/tags/v1.0.1") }),
    await differs("attack: no ref", { definition: sourceAt("git+https://github.com/octo/hello") }),
    await differs("attack: a commit cut short", { definition: sourceAt("git+https://github.com/octo/hello@refs/tags/v1.0.0", "8d3c5f0") }),
    await differs("attack: a repository deleted and made again", { github: { repository_id: "700001" } }),
    await differs("attack: a repository of another owner", { github: { repository_owner_id: "666" } }),
    await differs("attack: started by pull_request_target", { github: { event_name: "pull_request_target" } }),
    await differs("attack: on somebody's own runner", { github: { runner_environment: "self-hosted" } }),
    await differs("a fact that the rule pins is not stated", { github: { runner_environment: undefined } }),
    await differs("attack: one external parameter more", { definition: { externalParameters: { debug: true } } }),
    await differs("attack: one more, deep inside", { workflow: { debug: true } }),
    await differs("attack: one less, deep inside", { workflow: { ref: undefined } }),
    await differs("attack: a parameter of another type", { workflow: { path: [".github/workflows/release.yml"] } }),
    refused("a fact that the rule does not mention is stated", "provenance-differs", given([good], { policy: policyWith([bare]) })),
    refused(
      "attack: facts told twice",
      "malformed-document",
      given([await attestation(provenanceOf({ definition: { internalParameters: { github: {}, repositoryId: "1" } } }))]),
    ),
    refused(
      "SLSA v0.2",
      "malformed-document",
      given([await attestation({ ...provenanceOf(), predicateType: "https://slsa.dev/provenance/v0.2" })]),
    ),
    accepted("a summary by a verifier, in the place of a builder", await summary()),
    refused(
      "attack: a build and a summary of it, where two builders are asked for",
      "builder-not-trusted",
      given([good, await attestation(summaryOf(inputs(digestOfFile(good))), verifier)], { policy: buildAndSummary }),
    ),
    refused(
      "attack: the same, named by what it says",
      "builder-not-trusted",
      given([good, await attestation(summaryOf(inputs(digestOfPayload(good))), verifier)], { policy: buildAndSummary }),
    ),
    accepted("a build, and a summary of another one", given([good, await attestation(summaryOf(), verifier)], { policy: buildAndSummary })),
    refused("attack: a summary by a builder's key", "builder-not-trusted", await summary({}, builder)),
    refused(
      "attack: provenance by a verifier's key",
      "builder-not-trusted",
      given([await attestation(provenanceOf(), verifier)], { policy: verified }),
    ),
    await summaryDiffers("attack: another verifier", { verifier: { id: "https://verifier.example/2" } }),
    await summaryDiffers("attack: a summary of another version", { resourceUri: "pkg:generic/hello@1.0.1" }),
    await summaryDiffers("a failure", { verificationResult: "FAILED" }),
    await summaryDiffers("a lower level", { verifiedLevels: ["SLSA_BUILD_LEVEL_1"] }),
    await summaryDiffers("attack: another policy", { policy: { uri: verifierRule.policy.uri, digest: { sha256: digestOf("lax") } } }),
    await summaryDiffers("nothing that was looked at", { inputAttestations: [] }),
    await summaryDiffers("something that was looked at, without a SHA-256", { inputAttestations: [{ digest: { sha512: "00" } }] }),
    await summaryDiffers("a level of another track", { verifiedLevels: ["SLSA_SOURCE_LEVEL_3"] }),
    refused(
      "attack: two levels of one track",
      "malformed-document",
      await summary({ verifiedLevels: ["SLSA_BUILD_LEVEL_3", "SLSA_BUILD_LEVEL_1"] }),
    ),
    refused(
      "attack: a summary that fits a rule of its verifier's which gives it less time",
      "summary-outdated",
      given([await attestation(summaryOf({ resourceUri: "pkg:generic/hello-hotfix@1.0.0" }), verifier)], { policy: twoRules }),
    ),
    refused("attack: an old summary in a new entry", "summary-outdated", await summary({ timeVerified: "2026-06-01T10:59:59Z" })),
    accepted("a key made in the job, certified by the issuer of the policy", await certified()),
    accepted("at the last second of its certificate", await certified(certificateOf(), { time: noon + 540 })),
    refused(
      "attack: a key stolen from the job, a second later",
      "certificate-not-valid-then",
      await certified(certificateOf(), { time: noon + 541 }),
    ),
    refused("public before it was certified", "certificate-not-valid-then", await certified(certificateOf(), { time: noon - 61 })),
    refused(
      "attack: somebody else's certificate beside one's own signature",
      "builder-not-trusted",
      await certified(certificateOf(), { key: second }),
    ),
    refused(
      "attack: a certificate that another holder signed",
      "builder-not-trusted",
      await certified(certificateOf(), { signer: second }),
    ),
    refused(
      "attack: one that another holder signed in the issuer's name",
      "certificate-not-trusted",
      await certified(certificateOf(), { signer: second, keyid: issuer.keyid }),
    ),
    refused(
      "attack: a certificate where the policy has a standing key",
      "builder-not-trusted",
      given([await certifiedAttestation(certificateOf(), { signer: builder })]),
    ),
    refused(
      "attack: a standing key where the policy has an issuer",
      "builder-not-trusted",
      given([good], { policy: policyWith([certifiedRule]) }),
    ),
    await certificateDiffers("attack: certified for another commit", { commit: "6".repeat(40) }),
    await certificateDiffers("attack: certified for another ref", { ref: "refs/heads/evil" }),
    await certificateDiffers("attack: certified for another event", { eventName: "pull_request_target" }),
    await certificateDiffers("attack: certified for another repository of that name", { repositoryId: "700001" }),
    await certificateDiffers("attack: certified without a fact that the provenance states", { runnerEnvironment: undefined }),
    await certificateDiffers("attack: certified for other parameters", { parameters: {} }),
    await certificateDiffers("attack: certified for another run", { runId: "https://github.com/octo/hello/actions/runs/2/attempts/1" }),
    refused(
      "attack: certified for longer than any key may live",
      "malformed-document",
      await certified(certificateOf({ notAfter: noon + 541 })),
    ),
    refused(
      "certified for longer than the policy allows",
      "certificate-too-long",
      given([await certifiedAttestation()], {
        policy: policyWith([{ ...certifiedRule, certified: { ...certifiedRule.certified, seconds: 300 } }]),
      }),
    ),
    refused(
      "one key that certifies and builds",
      "malformed-document",
      given([good], { policy: policyWith([certifiedRule, { ...rule, keyid: issuer.keyid }]) }),
    ),
    refused(
      "an issuer that takes any token of its platform",
      "malformed-document",
      given([good], {
        policy: policyWith([{ ...certifiedRule, certified: { seconds: 600, token: { ...certifiedRule.certified?.token, claims: {} } } }]),
      }),
    ),
    refused("attack: verified after it was public", "summary-outdated", await summary({ timeVerified: "2026-06-01T12:00:01Z" })),
  ];
}

async function answer({ policy, statement, attestations, ...given }: Given): Promise<Outcome<unknown>> {
  const rules = readPolicy(policy);
  if (!rules.ok) return rules;
  const stable = rules.value.channels["stable"];
  if (stable === undefined) return refuse("unknown-channel", "stable", "none", "Write a policy for it.");
  const candidate = decode(statementDecoder, statement, "statement");
  if (!candidate.ok) return candidate;
  const read: Attestation[] = [];
  for (const { envelope, proof } of attestations) {
    const attestation = attestationIn(Buffer.from(envelope, "base64"), proof);
    if (!attestation.ok) return attestation;
    read.push(attestation.value);
  }
  const subject = { candidate: candidate.value, attestations: read, policy: rules.value, rules: stable, ledger: ledgerOf(given.ledger) };
  const { outcome } = judge(subject, provenanceChecks);
  return outcome.ok ? accept(undefined) : outcome;
}

export const provenanceVectors: VectorFile<Given> = { path: "provenance/provenance.json", cases, answer };
