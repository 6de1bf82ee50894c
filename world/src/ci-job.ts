// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ActionsJob, actionsToken } from "@countersign/federation/actions-token";
import { fetchBounded } from "@countersign/federation/bounded-fetch";
import { type GrantSource, grantSource } from "@countersign/federation/grant-source";
import type { FederatedPin } from "@countersign/federation/pin";
import type { TokenRule } from "@countersign/trust/build/builder-rule";
import { governAudience } from "./certificate.ts";
import type { Holding, Plan } from "./plan.ts";
import { dutyDirectory, type Project, type Running } from "./project.ts";

// The world's pipeline: a job on its CI platform, which is to it what GitHub Actions is to others.

/** The name under which a CI platform of the world issues tokens; it is nobody's address, so those who verify are told where to find it. */
export function ciIssuer({ product }: Pick<Plan, "product">, platform = "ci"): string {
  return `https://${platform}.${product}.countersign.example`;
}

/** A CI platform, and whoever runs it. */
export interface Platform extends Holding {
  readonly issuer: string;
}

/** The platforms of a plan: the pipeline's, and those of builders who build elsewhere. */
export function ciPlatforms(plan: Plan): readonly [Platform, ...Platform[]] {
  const own = { holder: "ci-platform", owner: plan.proposer.owner, issuer: ciIssuer(plan) };
  const others = plan.builders.flatMap(({ certified, owner }) => {
    const { issuer } = certified?.token ?? own;
    return issuer === own.issuer ? [] : [{ holder: `ci-platform-${owner}`, owner, issuer }];
  });
  return [own, ...others];
}

/** What the platform says of a job of this workflow, and what is pinned of it: of the one that releases, unless told. */
export function ciClaims({ product }: Pick<Plan, "product">, name = "release"): FederatedPin["claims"] {
  const workflow = `countersign/${product}/.github/workflows/${name}.yml@refs/heads/main`;
  return {
    repository_id: "1",
    repository_owner_id: "1",
    environment: "release",
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    ref_type: "branch",
    ref_protected: "true",
    workflow_ref: workflow,
    job_workflow_ref: workflow,
    runner_environment: "github-hosted",
  };
}

/** Exactly the job that may propose. */
export function ciPin(plan: Plan): FederatedPin {
  return { kind: "github-actions", issuer: ciIssuer(plan), audience: governAudience(plan), claims: ciClaims(plan) };
}

/** Exactly the job that may have its keys certified as those of a builder. */
export function builderPin(plan: Plan, { kind, issuer, claims }: TokenRule): FederatedPin {
  return { kind, issuer, audience: governAudience(plan), claims };
}

/** What a platform's process is told: whoever has the operator's token starts jobs. */
export async function ciPlatformConfig(project: Project, platform: Platform, port: number): Promise<Readonly<Record<string, unknown>>> {
  return { port, issuer: platform.issuer, operatorToken: await operatorToken(project, platform) };
}

/** Starts a job at a commit, and answers what its environment holds: of the pipeline, unless told. */
export async function startJob(
  project: Project,
  { platforms }: Pick<Running, "platforms">,
  commit: string,
  { issuer, claims: says }: Pick<TokenRule, "issuer" | "claims"> = ciPin(project.plan),
): Promise<ActionsJob> {
  const { plan } = project;
  const platform = ciPlatforms(plan).find((each) => each.issuer === issuer);
  if (platform === undefined) throw new Error(`the plan has no platform ${issuer}`);
  const claims = {
    ...says,
    sub: `repo:countersign/${plan.product}:environment:release`,
    sha: commit,
    run_id: randomUUID(),
    run_attempt: "1",
  };
  const headers = { authorization: `Bearer ${await operatorToken(project, platform)}` };
  const answer = await fetchBounded(fetch, `${platforms[issuer]}/jobs`, { method: "POST", headers, body: JSON.stringify(claims) });
  if (!answer.ok || answer.value.status !== 200)
    throw new Error(`the CI platform starts no job: ${answer.ok ? answer.value.status : answer.refusal.found}`);
  return JSON.parse(Buffer.from(answer.value.bytes).toString()) as ActionsJob;
}

/** The grants that a job gets as an identity, with a new token of the platform for each. */
export function jobGrants(plan: Plan, { govern }: Pick<Running, "govern">, job: ActionsJob, identity: string): GrantSource {
  const token = () => actionsToken(job, governAudience(plan), fetch);
  return grantSource({ govern, identity }, { subject: "token", token }, { fetch, now: Date.now, id: randomUUID });
}

async function operatorToken(project: Pick<Project, "directory">, { holder }: Platform): Promise<string> {
  const own = dutyDirectory(project, holder);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const file = join(own, "operator-token");
  try {
    await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error; // it was made before
  }
  return readFile(file, "utf8");
}
