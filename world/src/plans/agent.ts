// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "../plan.ts";
import { ownersPlan } from "./owners.ts";

/** The `agent` profile for five owners or more: two of them build the same bytes, two more approve, and a monitor has read past it before it is signed. */
export function agentPlan(product: string, channel: string, owners: readonly [string, string, string, string, string, ...string[]]): Plan {
  return ownersPlan("agent", product, channel, owners);
}
