// SPDX-License-Identifier: Apache-2.0
import type { Holding, Plan } from "../plan.ts";
import { directoryBuilder, usual } from "./usual.ts";

/** One person alone: the same path with a key and a process for each duty, so that one stolen key is not enough; one stolen person is. */
export function soloPlan(product: string, channel: string, owner: string): Plan {
  const one = (holder: string): Holding => ({ holder, owner });
  const terms = usual("app");
  return {
    ...terms,
    product,
    channel,
    separation: "key",
    people: [owner],
    root: { holders: [one("root")], threshold: 1 },
    targets: { holders: [one("targets")], threshold: 1 },
    signers: { holders: [one("sign")], threshold: 1 },
    publish: one("publish"),
    proposer: one("ci"),
    builders: [directoryBuilder(product, one("builder"))],
    revokers: [one("revoke")],
    monitors: [],
    witnesses: [one("witness-1"), one("witness-2"), one("witness-3")],
    witnessQuorum: 2,
    urgent: { ...terms.urgent, extraApprovals: 0 },
  };
}
