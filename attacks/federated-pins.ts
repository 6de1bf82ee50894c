// SPDX-License-Identifier: Apache-2.0
import { proofKey } from "@countersign/federation/dpop";
import { ciPin, startJob } from "@countersign/world/ci-job";
import { type Attack, checks, type Move } from "./lab/attack.ts";
import { startGoverns, startPlatform, strikeOf } from "./lab/granting-govern.ts";

/** A job that is not the one that is pinned, though it looks like it to whoever compares less. */
interface Impostor {
  readonly does: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly audience?: string;
  readonly check: string;
}

/** What registries and CI users met with (facts of each: the incident, then the claim that tells it apart). */
const impostors: readonly Impostor[] = [
  {
    does: "makes the repository again under its old name, after its owners deleted it",
    claims: { repository_id: "2" },
    check: "pin/repository_id",
  },
  {
    does: "opens a pull request, for which a workflow of the repository runs (nx, 2025)",
    claims: { event_name: "pull_request_target" },
    check: "pin/event_name",
  },
  {
    does: "releases another channel of the same repository, and asks for this one (npm/cli #9169)",
    claims: { environment: "nightly" },
    check: "pin/environment",
  },
  {
    does: "runs on a branch whose name begins like the pinned one (fulcio #624)",
    claims: { ref: "refs/heads/main-of-mallory" },
    check: "pin/ref",
  },
  {
    does: "calls a reusable workflow of its own from the pinned one (pypi/warehouse #11096)",
    claims: { job_workflow_ref: "mallory/tools/.github/workflows/release.yml@refs/heads/main" },
    check: "pin/job_workflow_ref",
  },
  { does: "runs the job on a machine of its own", claims: { runner_environment: "self-hosted" }, check: "pin/runner_environment" },
  {
    does: "brings the token that another service got from the pinned job",
    claims: {},
    audience: "https://other.example",
    check: "token/audience",
  },
];

/** Anybody may run jobs on a CI platform, and have it sign tokens about them. */
export const federatedPins: Attack = {
  name: "federated-pins",
  holds: "jobs of its own on the CI platform that the pipeline runs on, while a window is open",
  async prepare(lab, stack) {
    const platforms = await startPlatform(lab, stack);
    const pin = ciPin(lab.project.plan);
    return impostors.map(({ does, claims, audience, check }): Move => {
      return {
        does,
        stoppedBy: checks(check),
        async strike(without) {
          await using governs = await startGoverns(lab, platforms, without);
          const job = await startJob(lab.project, { platforms }, "1".repeat(40), {
            issuer: pin.issuer,
            claims: { ...pin.claims, ...claims },
          });
          return strikeOf(await governs.exchange(job, await proofKey(), audience));
        },
      };
    });
  },
};
