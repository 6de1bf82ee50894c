// SPDX-License-Identifier: Apache-2.0
import { all, any, atom, type Formula, never } from "./formula.ts";
import { approvalQuorum, builderQuorum, forkQuorum, sidecarQuorum, topQuorum } from "./quorums.ts";
import { type ChannelUnder, duration, type Sight, type Way } from "./way.ts";

/** A release that the attacker makes from end to end: signers, ledger, witnesses and publish do their work for whatever is in order. */
export function releaseDemands({ policy, rules }: ChannelUnder): Formula {
  return all(builderQuorum(policy, rules), approvalQuorum(policy, rules));
}

/** `targets.json` of the attacker's own, with a policy and channel keys of its own. */
export function targetsDemands(under: ChannelUnder): Formula {
  return all(topQuorum(under, "targets"), sidecarQuorum(under.policy, "targets"));
}

/** A root of the attacker's own. A device that demands sidecars holds the policy that says so, and asks whoever is root for them. */
export function rootDemands(under: ChannelUnder): Formula {
  return all(topQuorum(under, "root"), sidecarQuorum(under.policy, "targets"));
}

/** All keys of a kind: with these no honest one is left to notice. */
export function everyKey(keyids: readonly string[]): Formula {
  return keyids.length === 0 ? never : all(...keyids.map(atom));
}

export function waysToInstall(under: ChannelUnder): readonly Way[] {
  const { policy, rules } = under;
  const fork = forkQuorum(under);
  const soak = duration(rules.soakSeconds);
  const ledger = (what: string): Sight => ({ says: `the public ledger has ${what}`, unless: fork });
  const revokers: Sight = { says: `revokers have ${soak} to say no`, unless: any(fork, everyKey(Object.values(policy.revokers))) };
  const monitors: Sight = { says: "a monitor reads it before any device", unless: any(fork, everyKey(Object.values(policy.monitors))) };
  return [
    {
      goal: "install",
      name: "release",
      does: "release what it likes, when it likes; all others only follow the rules",
      takes: releaseDemands(under),
      sights: [ledger(`its entry for ${soak} before any device takes it`), revokers, ...(rules.readThrough > 0 ? [monitors] : [])],
    },
    {
      goal: "install",
      name: "build",
      does: "put into the next honest release what its source does not say",
      takes: builderQuorum(policy, rules),
      sights: [{ says: "approvers are shown what differs from the last release", unless: approvalQuorum(policy, rules) }],
    },
    {
      goal: "install",
      name: "targets",
      does: "replace the policy and the signers: new devices follow at once, the others when it has cooled off",
      takes: targetsDemands(under),
      sights: [ledger(`the new policy for ${duration(policy.coolingOffSeconds)} before older devices hold it`)],
    },
    {
      goal: "install",
      name: "root",
      does: "replace everything at once: ledger, witnesses, policy and signers",
      takes: rootDemands(under),
      sights: [ledger("the new root before any device takes it, for no set time")],
    },
  ];
}
