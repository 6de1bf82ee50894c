// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "../plan.ts";
import { ownersPlan } from "./owners.ts";

/** The `firmware` profile for seven owners or more: as `agent`, with three of five signatures, and two keys in each role beyond its quorum. */
export function firmwarePlan(
  product: string,
  channel: string,
  owners: readonly [string, string, string, string, string, string, string, ...string[]],
): Plan {
  return ownersPlan("firmware", product, channel, owners);
}
