// SPDX-License-Identifier: Apache-2.0
import type { Plan } from "../plan.ts";
import { directoryBuilder, keyEach, usual } from "./usual.ts";

/**
 * Two people: the first builds, proposes and publishes, the second approves and signs, and either can stop what the other started. Root, targets and the
 * witnesses take both, so that neither changes what is trusted or moves time alone; a key that one of them loses is not replaced by the other. With a third,
 * who signs beside the second, root, targets and witnesses take two of three.
 */
export function pairPlan(product: string, channel: string, people: readonly [string, string, ...string[]]): Plan {
  const [first, ...others] = people;
  const terms = usual("app");
  return {
    ...terms,
    product,
    channel,
    separation: "owner",
    people,
    root: { holders: keyEach("root", people), threshold: 2 },
    targets: { holders: keyEach("targets", people), threshold: 2 },
    signers: { holders: keyEach("sign", others), threshold: others.length },
    publish: { holder: "publish", owner: first },
    proposer: { holder: "ci", owner: first },
    builders: [directoryBuilder(product, { holder: "builder", owner: first })],
    revokers: keyEach("revoke", people),
    monitors: [],
    witnesses: keyEach("witness", people),
    witnessQuorum: 2,
    urgent: { ...terms.urgent, extraApprovals: 0 },
  };
}
