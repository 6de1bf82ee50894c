// SPDX-License-Identifier: Apache-2.0
import { type Decoder, literal } from "@countersign/trust/decode";
import { exact, exactly } from "./exact.ts";

/** A claim that a pin of a platform fixes. */
export interface PinnedClaim {
  /** As pins and trails name it; for a claim inside another, the way to it with slashes. */
  readonly name: string;
  readonly value: Decoder<string>;
  /** A pin may leave it out only where it changes with each commit or each pod. */
  readonly required: boolean;
}

/** What is known of a platform that issues tokens to its jobs. */
export interface Platform {
  readonly kind: "github-actions" | "gitlab" | "kubernetes" | "spiffe" | "oidc";
  readonly claims: readonly PinnedClaim[];
  /** Kept with what the token did, and believed for nothing. */
  readonly recorded: readonly string[];
  /** The claim that says which commit a job works on; build grants are bound to it. */
  readonly commit: string | undefined;
  /** Whether its tokens have a `jti`. Where not, the token itself is what is used once. */
  readonly jti: boolean;
}

const must = (name: string, value: Decoder<string>): PinnedClaim => ({ name, value, required: true });
const may = (name: string, value: Decoder<string>): PinnedClaim => ({ name, value, required: false });

const number = exactly(/^[1-9]\d{0,19}$/, "the number of it, which is never given out again");
const commit = exactly(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, "a commit in full");
const workflow = exactly(
  /^[^/@]+\/[^/@]+\/\.github\/workflows\/[^/@]+\.ya?ml@refs\/(?:heads|tags)\/.+$/,
  "a workflow file with its ref, like octo/app/.github/workflows/release.yml@refs/heads/main",
);

/** What each platform's own people say is immutable or cannot be chosen by whoever starts a job. */
export const platforms: readonly Platform[] = [
  {
    // https://docs.github.com/en/actions/reference/security/oidc
    kind: "github-actions",
    claims: [
      must("repository_id", number),
      must("repository_owner_id", number),
      must("environment", exact),
      must("event_name", literal("push", "release", "schedule", "workflow_dispatch")), // never one that a stranger's pull request starts
      must("ref", exactly(/^refs\/(?:heads|tags)\/.+$/, "a branch or a tag, like refs/heads/main")),
      must("ref_type", literal("branch", "tag")),
      must("ref_protected", literal("true")),
      must("workflow_ref", workflow),
      must("job_workflow_ref", workflow),
      must("runner_environment", literal("github-hosted", "self-hosted")),
      may("workflow_sha", commit),
      may("job_workflow_sha", commit),
    ],
    recorded: ["repository", "repository_owner", "sha", "actor_id", "run_id", "run_attempt"],
    commit: "sha",
    jti: true,
  },
  {
    // https://docs.gitlab.com/ci/secrets/id_token_authentication/
    kind: "gitlab",
    claims: [
      must("project_id", number),
      must("namespace_id", number),
      must("environment", exact),
      must("pipeline_source", literal("push", "web", "schedule")), // never merge_request_event: a fork's merge request runs with it
      must("ref", exact),
      must("ref_type", literal("branch", "tag")),
      must("ref_protected", literal("true")),
      must(
        "ci_config_ref_uri",
        exactly(/^[^@/]+(?:\/[^@/]+){2,}\/\/[^@]+@refs\/(?:heads|tags)\/.+$/, "the configuration's file with its ref"),
      ),
      must("runner_environment", literal("gitlab-hosted", "self-hosted")),
      may("ci_config_sha", commit),
    ],
    recorded: ["project_path", "sha", "pipeline_id", "job_id", "user_id"],
    commit: "sha",
    jti: true,
  },
  {
    // https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
    kind: "kubernetes",
    claims: [
      must("sub", exactly(/^system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]+$/, "system:serviceaccount:NAMESPACE:NAME")),
      must("kubernetes.io/serviceaccount/uid", exact),
      may("kubernetes.io/pod/uid", exact),
    ],
    recorded: ["kubernetes.io/namespace", "kubernetes.io/pod/name", "kubernetes.io/pod/uid", "kubernetes.io/node/name"],
    commit: undefined,
    jti: true,
  },
  {
    // https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
    kind: "spiffe",
    claims: [must("sub", exactly(/^spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)+$/, "a SPIFFE ID with its path"))],
    recorded: [],
    commit: undefined,
    jti: false,
  },
  {
    // https://openid.net/specs/openid-connect-core-1_0.html; what else is pinned, the pin says
    kind: "oidc",
    claims: [must("sub", exact)],
    recorded: [],
    commit: undefined,
    jti: true,
  },
];

/** The facts of a platform. */
export function platformOf(kind: Platform["kind"]): Platform {
  const found = platforms.find((platform) => platform.kind === kind);
  if (found === undefined) throw new TypeError(`no platform ${kind}`);
  return found;
}
