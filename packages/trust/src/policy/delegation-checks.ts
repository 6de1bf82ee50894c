// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import { ownersOf } from "../quorum.ts";
import { type ChannelRules, type Policy, principalOf } from "./policy.ts";
import { sidecarDemand } from "./post-quantum.ts";
import { looserIn, profileFloors } from "./profile.ts";

/** The delegation of a channel, as targets write it. */
export interface ChannelDelegation {
  readonly name: string;
  readonly keyids: readonly string[];
  readonly threshold: number;
}

/** A policy beside the targets that it has to go with. Every policy that judges now is held against the newest targets. */
export interface DelegationSubject {
  readonly candidate: { readonly policy: Policy };
  readonly targets: { readonly delegations?: { readonly roles: readonly ChannelDelegation[] } | undefined };
}

export const delegationChecks: readonly Check<DelegationSubject>[] = [
  {
    name: "policy/duties",
    source: "build and sign never meet in one owner",
    examine: ({ candidate: { policy }, targets }) => {
      const conflict = channelsOf(targets).flatMap(({ name, keyids }) => {
        const builders = (policy.channels[name]?.builders.trusted ?? []).map((rule) => principalOf(policy, rule.keyid));
        const demand = sidecarDemand(policy, name);
        const signers = [...keyids.map((keyid) => principalOf(policy, keyid)), ...(demand?.keyids.map(demand.ownerOf) ?? [])];
        return [...new Set(signers.filter((signer) => signer !== undefined && builders.includes(signer)))];
      });
      return decide(
        conflict.length === 0,
        "builders and signers of different owners",
        conflict.join(", ") || "no owner has both",
        "duties-meet",
        "Move one of the two keys to another owner, and sign the targets again.",
      );
    },
  },
  {
    name: "policy/signers",
    source: "each profile has a signing quorum that no channel may loosen",
    examine: ({ candidate: { policy }, targets }) => {
      const looser = channelsOf(targets).flatMap((delegation) => {
        const rules = policy.channels[delegation.name];
        return rules === undefined ? [] : looserSigners(policy, rules, delegation);
      });
      return decide(
        looser.length === 0,
        "as many signers of different owners as each channel's profile asks for",
        looser.join("; ") || `${channelsOf(targets).length} channels`,
        "quorum-below-profile",
        "Delegate the channel to more owners, or with a higher threshold, and sign the targets again.",
      );
    },
  },
];

function channelsOf({ delegations }: DelegationSubject["targets"]): readonly ChannelDelegation[] {
  return delegations?.roles ?? [];
}

/** A sidecar that is demanded takes as many signatures as the file itself: it is there for the day on which those count for nothing. */
function looserSigners(policy: Policy, { profile }: ChannelRules, { name, keyids, threshold }: ChannelDelegation): readonly string[] {
  const floors = profileFloors[profile];
  const signers = ownersOf(keyids, (keyid) => principalOf(policy, keyid)).length;
  const demand = sidecarDemand(policy, name);
  return [
    ...(looserIn({ signers, threshold }, floors).length === 0 ? [] : [`${name} (${profile}): ${threshold} of ${signers}`]),
    ...(demand === undefined || demand.threshold >= floors.threshold ? [] : [`${name} (${profile}), sidecar: ${demand.threshold}`]),
  ];
}
