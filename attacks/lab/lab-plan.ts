// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "@countersign/world/plan";
import { agentPlan as wholeAgentPlan } from "@countersign/world/plans/agent";
import { appPlan } from "@countersign/world/plans/app";

/** The program that honest people release here, and another product of theirs in the same repository. */
export const product = "hello";
export const otherProduct = "hello-labs";

const unhurried = appPlan(product, "stable", ["ana", "ben", "cleo", "dan"]);

/** Waiting times that are cut down by policy data alone, and nothing else. A download's are not short: a busy machine must not be what refuses an attack. */
const hurried = {
  revocationSeconds: 12,
  download: { connectSeconds: 15, idleSeconds: 10, totalSeconds: 20, minimumBytesPerSecond: 1024 },
  pace: { batchMilliseconds: 20, pollMilliseconds: 400, heartbeatMilliseconds: 500, timestampSeconds: 86_400 },
};

/** Builders whose keys live for half as long as any may, so that one can live too long. */
const builders = unhurried.builders.map((builder) => ({
  ...builder,
  ...(builder.certified && { certified: { ...builder.certified, seconds: 300 } }),
}));

/** The `app` profile in a hurry. Urgent releases soak for a second; a release that is not urgent soaks for ten minutes, longer than any run of the lab. */
export const labPlan: Plan = { ...unhurried, ...hurried, builders, soakSeconds: 600, urgent: { soakSeconds: 1, extraApprovals: 0 } };

/** The `agent` profile in a hurry, with all its counts; every release of it soaks for a second. */
export const agentPlan: Plan = {
  ...wholeAgentPlan(product, "stable", ["ana", "ben", "cleo", "dan", "eli"]),
  ...hurried,
  soakSeconds: 1,
  urgent: { soakSeconds: 1, extraApprovals: 1 },
};
