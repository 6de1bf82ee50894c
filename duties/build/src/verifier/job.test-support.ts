// SPDX-License-Identifier: Apache-2.0
// A job of GitHub's as Sigstore attests it, and the pins that it fits.
import type { VerifierRule } from "@countersign/trust/build/builder-rule";
import { servedBytes } from "@countersign/trust/canonical";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { digestOf } from "@countersign/trust/simulator.test-support";
import type { BundlePolicy } from "./bundle-policy.ts";
import { type AttestedJob, trustedRoot } from "./sigstore.test-support.ts";

/** When the job ran, and its bundle was first looked at. */
export const now: number = Date.parse("2026-06-01T12:00:00Z");
export const workflow = "https://github.com/octo/hello/.github/workflows/release.yml@refs/tags/v1.0.0";
const run = "https://github.com/octo/hello/actions/runs/1/attempts/1";
export const commit = "8d3c5f0e2b7a49d1c6e8f0a1b2c3d4e5f6a7b8c9";
export const artifact: Digest = digestOf("bytes");
export const rootBytes: Uint8Array = servedBytes(trustedRoot());

export const statement = (change: { subject?: readonly object[]; definition?: object; runId?: string } = {}): object => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: change.subject ?? [{ name: "hello.tar.zst", digest: { sha256: artifact } }],
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: {
        workflow: { ref: "refs/tags/v1.0.0", repository: "https://github.com/octo/hello", path: ".github/workflows/release.yml" },
      },
      internalParameters: {
        github: { event_name: "push", repository_id: "634195", repository_owner_id: "51022", runner_environment: "github-hosted" },
      },
      resolvedDependencies: [{ uri: "git+https://github.com/octo/hello@refs/tags/v1.0.0", digest: { gitCommit: commit } }],
      ...change.definition,
    },
    runDetails: { builder: { id: workflow }, metadata: { invocationId: change.runId ?? run } },
  },
});

/** A job as Fulcio certifies GitHub's. */
export const job: AttestedJob = {
  statement: statement(),
  san: workflow,
  extensions: {
    8: "https://token.actions.githubusercontent.com",
    9: workflow,
    11: "github-hosted",
    12: "https://github.com/octo/hello",
    13: commit,
    14: "refs/tags/v1.0.0",
    15: "634195",
    17: "51022",
    18: workflow,
    20: "push",
    21: run,
  },
  from: now / 1000 - 120,
};

const pinned = (text: string): string => text.replaceAll("1.0.0", "{version}");
export const bundlePolicy: BundlePolicy = {
  _type: "bundle-policy",
  spec: "countersign/1",
  trustedRoot: sha256(rootBytes),
  certificate: {
    subjectAlternativeName: pinned(workflow),
    issuer: "https://token.actions.githubusercontent.com",
    buildSignerUri: pinned(workflow),
    runnerEnvironment: "github-hosted",
    sourceRepositoryUri: "https://github.com/octo/hello",
    sourceRepositoryRef: "refs/tags/v{version}",
    sourceRepositoryId: "634195",
    sourceRepositoryOwnerId: "51022",
    buildConfigUri: pinned(workflow),
    buildTrigger: "push",
  },
  build: {
    id: pinned(workflow),
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    source: "git+https://github.com/octo/hello",
    ref: "refs/tags/v{version}",
    repositoryId: "634195",
    ownerId: "51022",
    runnerEnvironment: "github-hosted",
    eventName: "push",
    parameters: {
      workflow: { ref: "refs/tags/v{version}", repository: "https://github.com/octo/hello", path: ".github/workflows/release.yml" },
    },
  },
  levels: ["SLSA_BUILD_LEVEL_2"],
};
export const pinnedBytes: Uint8Array = servedBytes(bundlePolicy);

/** What the signed policy says of a verifier with this key. */
export function ruleOf(keyid: string): VerifierRule {
  return {
    id: "https://verifier.example/1",
    keyid,
    resourceUri: "pkg:generic/hello@{version}",
    policy: { uri: "https://verifier.example/hello.json", sha256: sha256(pinnedBytes) },
    levels: ["SLSA_BUILD_LEVEL_2"],
    withinSeconds: 3600,
  };
}
