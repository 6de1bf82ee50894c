// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ActionsJob, actionsToken } from "@countersign/federation/actions-token";
import { fetchBounded } from "@countersign/federation/bounded-fetch";
import { type GrantSource, grantSource } from "@countersign/federation/grant-source";
import type { FederatedPin } from "@countersign/federation/pin";
import { governAudience } from "./certificate.ts";
import type { Plan } from "./plan.ts";
import { dutyDirectory, type Project, type Running } from "./project.ts";

// The world's pipeline: a job on its CI platform, which is to it what GitHub Actions is to others.

/** The name under which the world's CI platform issues tokens; it is nobody's address, so govern is told where to find it. */
export function ciIssuer({ product }: Plan): string {
  return `https://ci.${product}.countersign.example`;
}

/** What the platform says of the job that releases; what is pinned of it, and what besides. */
function claimsOf({ product }: Plan): FederatedPin["claims"] {
  const workflow = `countersign/${product}/.github/workflows/release.yml@refs/heads/main`;
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
  return { kind: "github-actions", issuer: ciIssuer(plan), audience: governAudience(plan), claims: claimsOf(plan) };
}

/** What the platform's process is told: whoever has the operator's token starts jobs. */
export async function ciPlatformConfig(project: Project, port: number): Promise<Readonly<Record<string, unknown>>> {
  return { port, issuer: ciIssuer(project.plan), operatorToken: await operatorToken(project) };
}

/** Starts a job of the pipeline at a commit, or of whoever is `other` in some claims, and answers what its environment holds. */
export async function startJob(
  project: Project,
  { ci }: Pick<Running, "ci">,
  commit: string,
  other: Readonly<Record<string, string>> = {},
): Promise<ActionsJob> {
  const { plan } = project;
  const claims = {
    ...claimsOf(plan),
    sub: `repo:countersign/${plan.product}:environment:release`,
    sha: commit,
    run_id: randomUUID(),
    run_attempt: "1",
    ...other,
  };
  const headers = { authorization: `Bearer ${await operatorToken(project)}` };
  const answer = await fetchBounded(fetch, `${ci}/jobs`, { method: "POST", headers, body: JSON.stringify(claims) });
  if (!answer.ok || answer.value.status !== 200)
    throw new Error(`the CI platform starts no job: ${answer.ok ? answer.value.status : answer.refusal.found}`);
  return JSON.parse(Buffer.from(answer.value.bytes).toString()) as ActionsJob;
}

/** The grants that a job gets as an identity, with a new token of the platform for each. */
export function jobGrants(plan: Plan, { govern }: Pick<Running, "govern">, job: ActionsJob, identity: string): GrantSource {
  const token = () => actionsToken(job, governAudience(plan), fetch);
  return grantSource({ govern, identity }, { subject: "token", token }, { fetch, now: Date.now, id: randomUUID });
}

async function operatorToken(project: Pick<Project, "directory">): Promise<string> {
  const own = dutyDirectory(project, "ci-platform");
  await mkdir(own, { recursive: true, mode: 0o700 });
  const file = join(own, "operator-token");
  try {
    await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error; // it was made before
  }
  return readFile(file, "utf8");
}
