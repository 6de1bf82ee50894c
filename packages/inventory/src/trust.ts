// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome } from "@countersign/trust/refusal";
import { type BlastRadius, blastRadius } from "./blast-radius.ts";
import { policyRow, rootRow, serviceRows, sourceRows } from "./document-rows.ts";
import { identityRows, keyRow, personRows } from "./holder-rows.ts";
import type { TrustFacts } from "./trust-facts.ts";
import type { TrustRow } from "./trust-row.ts";
import type { Authorities, Task } from "./trusted-keys.ts";

/** Every key, identity, person, witness, log, policy and device root that is trusted. Pure: what nobody said is null. */
export function trustRows(facts: TrustFacts): Outcome<readonly TrustRow[]> {
  const { view, known, channel } = facts;
  const authorities: Authorities = { root: view.root.signed, targets: view.targets.signed, policy: view.policy };
  const radii: BlastRadius[] = [];
  for (const name of channel === undefined ? Object.keys(view.policy.channels) : [channel]) {
    const radius = blastRadius(authorities, known, name);
    if (!radius.ok) return radius;
    radii.push(radius.value);
  }
  const held = (radii[0]?.holdings ?? []).filter(({ key }) => key !== undefined && isOf(key.tasks, channel));
  const keys = held.map((holding) => keyRow(holding, radii, facts));
  return accept([
    rootRow(facts),
    policyRow(facts),
    ...keys,
    ...identityRows(held, keys, radii, facts),
    ...personRows(held, keys, radii, facts),
    ...serviceRows(radii, facts),
    ...sourceRows(facts),
  ]);
}

function isOf(tasks: readonly Task[], channel: string | undefined): boolean {
  return channel === undefined || tasks.some((task) => task.channel === null || task.channel === channel);
}
