// SPDX-License-Identifier: Apache-2.0
import { decode } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { appPlan, type Plan, plan, soloPlan } from "@countersign/world/plan";

/**
 * The strongest plan that these owners can hold: `solo` for one, the `app` profile from four on. Between them there is none yet.
 * `soakSeconds` instead of the plan's own makes every device wait less, or longer: it goes into the signed policy.
 */
export function choosePlan(product: string, channel: string, owners: readonly string[], soakSeconds?: number): Outcome<Plan> {
  const chosen = planFor(product, channel, owners);
  if (!chosen.ok || soakSeconds === undefined) return chosen;
  const { urgent } = chosen.value;
  return accept({ ...chosen.value, soakSeconds, urgent: { ...urgent, soakSeconds: Math.min(urgent.soakSeconds, soakSeconds) } });
}

function planFor(product: string, channel: string, owners: readonly string[]): Outcome<Plan> {
  const [first, second, third, fourth, ...more] = [...new Set(owners)];
  if (first === undefined) return refuse("owners-missing", "at least one owner", "none", "Name yourself: --owner NAME");
  if (second === undefined) return decode(plan, soloPlan(product, channel, first), "the plan");
  if (third !== undefined && fourth !== undefined)
    return decode(plan, appPlan(product, channel, [first, second, third, fourth, ...more]), "the plan");
  const named = [first, second, third].filter((name) => name !== undefined);
  return refuse(
    "owners-missing",
    "one owner (solo), or at least four (app)",
    named.join(", "),
    `Name ${4 - named.length} more with --owner for the app profile, or start alone; a plan for a pair does not exist yet.`,
  );
}
