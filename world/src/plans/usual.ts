// SPDX-License-Identifier: Apache-2.0
import { longestCertificate } from "@countersign/trust/build/certificate";
import type { DownloadLimits } from "@countersign/trust/policy/policy";
import { bundleDefaults, type Profile, profileDefaults } from "@countersign/trust/policy/profile";
import { ciClaims, ciIssuer } from "../ci-job.ts";
import type { Holding, Pace, Plan, PlannedBuilder } from "../plan.ts";

const pace: Pace = { batchMilliseconds: 100, pollMilliseconds: 1000, heartbeatMilliseconds: 5000, timestampSeconds: 7 * 86_400 };

const download: DownloadLimits = { connectSeconds: 15, idleSeconds: 30, totalSeconds: 3600, minimumBytesPerSecond: 4096 };

/** What a plan takes from its profile, and how its processes run where nobody is in a hurry. */
type Usual = Pick<
  Plan,
  | "profile"
  | "approvals"
  | "freshRevokers"
  | "readThrough"
  | "builderQuorum"
  | "soakSeconds"
  | "urgent"
  | "coolingOffSeconds"
  | "revocationSeconds"
  | "bundleSeconds"
  | "download"
  | "pace"
>;

export function usual(profile: Profile): Usual {
  const { approvals, extraApprovals, soakSeconds, urgentSoakSeconds, freshRevokers, readThrough, builders } = profileDefaults[profile];
  return {
    profile,
    approvals,
    freshRevokers,
    readThrough,
    builderQuorum: builders,
    soakSeconds,
    urgent: { soakSeconds: urgentSoakSeconds, extraApprovals },
    coolingOffSeconds: 86_400,
    revocationSeconds: 3600,
    bundleSeconds: bundleDefaults[profile],
    download,
    pace,
  };
}

/**
 * A builder that packs a directory in a job of the CI platform, and whose keys an issuer certifies for minutes. `id` is its own: two builders of one product
 * are two places, with a workflow, an issuer and, where it is told, a platform of their own.
 */
export function directoryBuilder(product: string, { holder, owner }: Holding, id: string = product, platform?: string): PlannedBuilder {
  const claims = ciClaims({ product }, holder);
  return {
    holder,
    owner,
    id: `https://countersign.example/builders/${id}`,
    certified: {
      seconds: longestCertificate,
      token: {
        kind: "github-actions",
        issuer: ciIssuer({ product }, platform),
        audience: `https://${holder}.${product}.countersign.example`,
        claims,
        commitClaim: "sha",
        runClaim: "run_id",
      },
    },
    buildType: "https://countersign.example/build-types/directory/v1",
    source: `git+https://countersign.example/${product}`,
    ref: "refs/heads/main",
    repositoryId: claims["repository_id"],
    ownerId: claims["repository_owner_id"],
    runnerEnvironment: claims["runner_environment"],
    eventName: claims["event_name"],
    parameters: { product },
  };
}

/** A key of one duty for each of these owners. */
export function keyEach(duty: string, owners: readonly string[]): readonly Holding[] {
  return owners.map((owner) => ({ holder: `${duty}-${owner}`, owner }));
}
