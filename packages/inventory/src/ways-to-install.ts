// SPDX-License-Identifier: Apache-2.0
import { all, any, atom, type Formula, never } from "./formula.ts";
import { approvalQuorum, builderQuorum, forkQuorum, sidecarQuorum, topQuorum, witnessQuorum } from "./quorums.ts";
import { type ChannelUnder, duration, type Sight, type Way } from "./way.ts";

/** A release that the attacker makes from end to end: signers, ledger, witnesses and publish do their work for whatever is in order. */
export function releaseDemands({ policy, rules }: ChannelUnder, approvals: number = rules.approvals): Formula {
  return all(builderQuorum(policy, rules), approvalQuorum(policy, rules, approvals));
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
  const { soakSeconds, extraApprovals } = rules.urgent;
  const fork = forkQuorum(under);
  const way = (name: string, does: string, takes: Formula, ...sights: readonly Sight[]): Way => ({
    goal: "install",
    name,
    does,
    takes,
    sights,
  });
  const inTime = (says: string): Sight => ({ says, unless: witnessQuorum(under) }); // a quorum of witnesses makes time, with the log or without
  const ledger = (what: string): Sight => ({ says: `the public ledger has ${what} before any device takes it`, unless: fork });
  const inPublicFor = (seconds: number): readonly Sight[] => [
    ledger("its entry"),
    { says: `revokers have ${duration(seconds)} to say no`, unless: any(witnessQuorum(under), everyKey(Object.values(policy.revokers))) },
    ...(rules.readThrough === 0
      ? []
      : [{ says: "a monitor reads it before any device", unless: any(fork, everyKey(Object.values(policy.monitors))) }]),
  ];
  const usually = extraApprovals === 0 ? Math.min(rules.soakSeconds, soakSeconds) : rules.soakSeconds; // where urgency costs nobody's approval, everything is urgent
  return [
    way(
      "release",
      "release what it likes, when it likes; all others only follow the rules",
      releaseDemands(under),
      ...inPublicFor(usually),
    ),
    ...(extraApprovals === 0
      ? []
      : [
          way(
            "urgent",
            "do the same with less time to notice",
            releaseDemands(under, rules.approvals + extraApprovals),
            ...inPublicFor(soakSeconds),
          ),
        ]),
    way("build", "put into the next honest release what its source does not say", builderQuorum(policy, rules), {
      says: "approvers are shown what differs from the last release",
      unless: approvalQuorum(policy, rules),
    }),
    way(
      "lift",
      "have a release that was denied installed again, as it was built",
      approvalQuorum(policy, rules, rules.approvals + extraApprovals),
      ...inPublicFor(soakSeconds),
    ),
    way(
      "targets",
      "replace the policy and the signers: new devices follow at once, the others when it has cooled off",
      targetsDemands(under),
      ledger("the new policy"),
      inTime(`devices that hold another policy keep to that one, too, for ${duration(policy.coolingOffSeconds)}`),
    ),
    way("root", "replace everything at once: ledger, witnesses, policy and signers", rootDemands(under), ledger("the new root")),
  ];
}
