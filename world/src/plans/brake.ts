// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "../plan.ts";
import { keyEach } from "./usual.ts";

/** A plan in which whoever watches may have a release held that scores so many bits: the monitors, or where there are none whoever runs the processes. */
export function withBrake(plan: Plan, bits: number): Plan {
  const watching = plan.monitors.length === 0 ? [plan.publish] : plan.monitors;
  return { ...plan, brake: { bits, askers: keyEach("brake", [...new Set(watching.map(({ owner }) => owner))]) } };
}
