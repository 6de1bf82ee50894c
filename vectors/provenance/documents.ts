// SPDX-License-Identifier: Apache-2.0
import type { BuilderRule, VerifierRule } from "@countersign/trust/build/builder-rule";
import { preAuthenticationEncoding } from "@countersign/trust/build/dsse";
import { inTotoPayloadType } from "@countersign/trust/build/in-toto";
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import type { Policy } from "@countersign/trust/policy/policy";
import { digestOf, type Person, person, statementOf, TestLog } from "@countersign/trust/simulator.test-support";

export const builder: Person = people.builder;
export const second: Person = person("second builder");
export const verifier: Person = person("verifier");

/** A rule that pins all that GitHub states of a build of a tag. */
export const rule: BuilderRule = {
  id: "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v{version}",
  keyid: builder.keyid,
  buildType: "https://actions.github.io/buildtypes/workflow/v1",
  source: "git+https://github.com/octo/hello",
  repositoryId: "634195",
  ownerId: "51022",
  ref: "refs/tags/v{version}",
  runnerEnvironment: "github-hosted",
  eventName: "push",
  parameters: {
    workflow: { path: ".github/workflows/release.yml", ref: "refs/tags/v{version}", repository: "https://github.com/octo/hello" },
  },
};

export const verifierRule: VerifierRule = {
  id: "https://verifier.example/1",
  keyid: verifier.keyid,
  resourceUri: "pkg:generic/hello@{version}",
  policy: { uri: "https://verifier.example/policy", sha256: digestOf("policy") },
  levels: ["SLSA_BUILD_LEVEL_2"],
  withinSeconds: 3600,
};

export const issuer: Person = person("issuer");
export const jobKey: Person = person("a key made in the job");

/** The same builder, whose keys an issuer certifies. */
export const certifiedRule: BuilderRule = {
  ...rule,
  keyid: issuer.keyid,
  certified: {
    seconds: 600,
    token: {
      kind: "github-actions",
      issuer: "https://token.actions.githubusercontent.com",
      audience: "https://issuer.example",
      claims: {
        repository_id: "634195",
        repository_owner_id: "51022",
        job_workflow_ref: "octo/hello/.github/workflows/release.yml@refs/tags/v{version}",
        workflow_ref: "octo/hello/.github/workflows/release.yml@refs/tags/v{version}",
        ref: "refs/tags/v{version}",
        ref_type: "tag",
        ref_protected: "true",
        event_name: "push",
        runner_environment: "github-hosted",
        environment: "release",
      },
      commitClaim: "sha",
      runClaim: "run_id",
    },
  },
};

/** A policy with these builders for the channel `stable`. */
export function policyWith(trusted: readonly object[], quorum = 1): Policy {
  const usual = policyOf();
  const holder = ({ key, name }: Person) => ({ key, holder: name.replaceAll(" ", "-"), owner: name.replaceAll(" ", "-") });
  const more = [second, verifier, issuer].map((each) => [each.keyid, holder(each)] as const);
  const holders = { ...usual.holders, ...Object.fromEntries(more) };
  const channels = Object.entries(usual.channels).map(([name, rules]) => [name, { ...rules, builders: { quorum, trusted } }]);
  return { ...usual, holders, channels: Object.fromEntries(channels) };
}

/** What a change of a build may say otherwise. */
export interface Build {
  readonly subject?: readonly object[];
  readonly id?: string;
  readonly definition?: object;
  readonly workflow?: object;
  readonly github?: object;
}

export const artifact: object = { name: "hello.tar.zst", digest: { sha256: digestOf("bytes") } };

export function sourceAt(uri: string, gitCommit = "8d3c5f0e2b7a49d1c6e8f0a1b2c3d4e5f6a7b8c9"): object {
  return { resolvedDependencies: [{ uri, digest: { gitCommit } }] };
}

/** Version 1.0.0, built as `rule` wants it, but for what is changed. */
export function provenanceOf({ subject = [artifact], id, definition, workflow, github }: Build = {}): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject,
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: rule.buildType,
        externalParameters: {
          workflow: {
            path: ".github/workflows/release.yml",
            ref: "refs/tags/v1.0.0",
            repository: "https://github.com/octo/hello",
            ...workflow,
          },
        },
        internalParameters: {
          github: {
            event_name: "push",
            repository_id: "634195",
            repository_owner_id: "51022",
            runner_environment: "github-hosted",
            ...github,
          },
        },
        ...sourceAt("git+https://github.com/octo/hello@refs/tags/v1.0.0"),
        ...definition,
      },
      runDetails: {
        builder: { id: id ?? "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v1.0.0" },
        metadata: { invocationId: "https://github.com/octo/hello/actions/runs/1/attempts/1" },
      },
    },
  };
}

/** The second of noon, at which the entries of these vectors are witnessed. */
export const noon: number = Date.parse("2026-06-01T12:00:00Z") / 1000;

export function summaryOf(predicate: object = {}): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [artifact],
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: { id: verifierRule.id },
      timeVerified: "2026-06-01T11:59:00Z",
      resourceUri: "pkg:generic/hello@1.0.0",
      policy: { uri: verifierRule.policy.uri, digest: { sha256: verifierRule.policy.sha256 } },
      inputAttestations: [{ uri: "https://example.org/bundle", digest: { sha256: digestOf("bundle") } }],
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_BUILD_LEVEL_3"],
      ...predicate,
    },
  };
}

export interface GivenAttestation {
  readonly envelope: string;
  readonly proof: string;
}

/** An envelope and the proof of its entry. `payloadType` is signed with it. */
export function attestation(payload: object, signer: Person = builder, payloadType: string = inTotoPayloadType): Promise<GivenAttestation> {
  return attestedBy(payload, [signer], payloadType);
}

/** The same, signed by several. */
export async function attestedBy(
  payload: object,
  signers: readonly Person[],
  payloadType: string = inTotoPayloadType,
): Promise<GivenAttestation> {
  const bytes = servedBytes(payload);
  const message = preAuthenticationEncoding(payloadType, bytes);
  const signatures: object[] = [];
  for (const { keyid, sign } of signers) signatures.push({ keyid, sig: Buffer.from(await sign(message)).toString("base64") });
  const envelope = servedBytes({ payload: Buffer.from(bytes).toString("base64"), payloadType, signatures });
  const proof = await new TestLog().prove({ type: "provenance", digest: sha256(envelope) }, [noon, noon]);
  return { envelope: Buffer.from(envelope).toString("base64"), proof };
}

/** The certificate of `jobKey` for that build. */
export function certificateOf(change: object = {}): object {
  return {
    _type: "build-certificate",
    spec: "countersign/1",
    key: jobKey.key,
    builder: "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v1.0.0",
    buildType: rule.buildType,
    source: rule.source,
    commit: "8d3c5f0e2b7a49d1c6e8f0a1b2c3d4e5f6a7b8c9",
    ref: "refs/tags/v1.0.0",
    repositoryId: "634195",
    ownerId: "51022",
    runnerEnvironment: "github-hosted",
    eventName: "push",
    parameters: {
      workflow: { path: ".github/workflows/release.yml", ref: "refs/tags/v1.0.0", repository: "https://github.com/octo/hello" },
    },
    runId: "https://github.com/octo/hello/actions/runs/1/attempts/1",
    notBefore: noon - 60,
    notAfter: noon + 540,
    ...change,
  };
}

/** An envelope that `key` signed, with a certificate in it that `signer` signed, and the proof of its entry. */
export async function certifiedAttestation(
  certificate: object = certificateOf(),
  {
    key = jobKey,
    signer = issuer,
    keyid = signer.keyid,
    time = noon,
  }: { key?: Person; signer?: Person; keyid?: string; time?: number } = {},
): Promise<GivenAttestation> {
  const bytes = servedBytes(provenanceOf());
  const sig = Buffer.from(await key.sign(preAuthenticationEncoding(inTotoPayloadType, bytes))).toString("base64");
  const signed = Buffer.from(await signer.sign(canonicalBytes(certificate))).toString("hex");
  const envelope = servedBytes({
    payload: Buffer.from(bytes).toString("base64"),
    payloadType: inTotoPayloadType,
    signatures: [{ keyid: key.keyid, sig, certificate: { signatures: [{ keyid, sig: signed }], signed: certificate } }],
  });
  const proof = await new TestLog().prove({ type: "provenance", digest: sha256(envelope) }, [time, time]);
  return { envelope: Buffer.from(envelope).toString("base64"), proof };
}

/** The statement of version 1.0.0 that names these. */
export function statementNaming(attestations: readonly GivenAttestation[]): object {
  return statementOf({ provenance: attestations.map(({ envelope }) => sha256(Buffer.from(envelope, "base64"))) });
}
