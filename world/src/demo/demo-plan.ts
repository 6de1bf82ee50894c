// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "../plan.ts";
import { appPlan } from "../plans/app.ts";

/** The `app` profile with its times in seconds, by signed policy: nothing is skipped and no clock is faked, everything just waits less. */
export function demoPlan(product: string): Plan {
  return {
    ...appPlan(product, "stable", ["alice", "bob", "carol", "dave"]),
    soakSeconds: 3,
    urgent: { soakSeconds: 1, extraApprovals: 1 },
    coolingOffSeconds: 10,
    revocationSeconds: 60,
    download: { connectSeconds: 15, idleSeconds: 10, totalSeconds: 60, minimumBytesPerSecond: 4096 },
    pace: { batchMilliseconds: 50, pollMilliseconds: 250, heartbeatMilliseconds: 1000, timestampSeconds: 600 },
  };
}
