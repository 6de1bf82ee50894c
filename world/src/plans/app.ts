// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "../plan.ts";
import { ownersPlan } from "./owners.ts";

/** The `app` profile for four owners or more: nobody of them alone can start anything, and any of two can stop everything. */
export function appPlan(product: string, channel: string, owners: readonly [string, string, string, string, ...string[]]): Plan {
  return ownersPlan("app", product, channel, owners);
}
