// SPDX-License-Identifier: Apache-2.0
// Jobs as platforms describe them, and the pins that are meant for them.
import type { FederatedPin } from "./pin.ts";

export const githubClaims: Readonly<Record<string, string>> = {
  repository: "octo/app",
  repository_id: "1234567",
  repository_owner: "octo",
  repository_owner_id: "98765",
  environment: "release",
  event_name: "push",
  ref: "refs/heads/main",
  ref_type: "branch",
  ref_protected: "true",
  workflow_ref: "octo/app/.github/workflows/release.yml@refs/heads/main",
  job_workflow_ref: "octo/app/.github/workflows/release.yml@refs/heads/main",
  workflow_sha: "a".repeat(40),
  job_workflow_sha: "a".repeat(40),
  runner_environment: "github-hosted",
  sha: "b".repeat(40),
  actor_id: "42",
  run_id: "7",
  run_attempt: "1",
};

const pinnedOfGithub = [
  "repository_id",
  "repository_owner_id",
  "environment",
  "event_name",
  "ref",
  "ref_type",
  "ref_protected",
  "workflow_ref",
  "job_workflow_ref",
  "runner_environment",
];

export function githubPin(issuer: string, audience: string): FederatedPin {
  const claims = Object.fromEntries(pinnedOfGithub.map((name) => [name, githubClaims[name] ?? ""]));
  return { kind: "github-actions", issuer, audience, claims };
}

export const gitlabClaims: Readonly<Record<string, string>> = {
  project_path: "group/app",
  project_id: "55",
  namespace_id: "77",
  environment: "release",
  pipeline_source: "push",
  ref: "main",
  ref_type: "branch",
  ref_protected: "true",
  ci_config_ref_uri: "gitlab.example/group/app//.gitlab-ci.yml@refs/heads/main",
  ci_config_sha: "c".repeat(40),
  runner_environment: "gitlab-hosted",
  sha: "b".repeat(40),
  pipeline_id: "9",
  job_id: "10",
  user_id: "3",
};

const pinnedOfGitlab = [
  "project_id",
  "namespace_id",
  "environment",
  "pipeline_source",
  "ref",
  "ref_type",
  "ref_protected",
  "ci_config_ref_uri",
  "runner_environment",
];

export function gitlabPin(issuer: string, audience: string): FederatedPin {
  const claims = Object.fromEntries(pinnedOfGitlab.map((name) => [name, gitlabClaims[name] ?? ""]));
  return { kind: "gitlab", issuer, audience, claims };
}
