// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "@countersign/world/plan";
import { appPlan } from "@countersign/world/plans/app";

/** The program that honest people release here, and another product of theirs in the same repository. */
export const product = "hello";
export const otherProduct = "hello-labs";

const unhurried = appPlan(product, "stable", ["ana", "ben", "cleo", "dan"]);

/**
 * The `app` profile with its waiting times cut down, by policy data alone. Urgent releases soak for a second; a release that is not
 * urgent soaks for ten minutes, longer than any run of the lab.
 */
export const labPlan: Plan = {
  ...unhurried,
  soakSeconds: 600,
  revocationSeconds: 12,
  urgent: { soakSeconds: 1, extraApprovals: 0 },
  download: { connectSeconds: 2, idleSeconds: 1, totalSeconds: 2, minimumBytesPerSecond: 1024 },
  pace: { batchMilliseconds: 20, pollMilliseconds: 50, heartbeatMilliseconds: 500, timestampSeconds: 86_400 },
};
