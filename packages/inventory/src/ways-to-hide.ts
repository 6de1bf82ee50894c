// SPDX-License-Identifier: Apache-2.0
import type { ChannelRules } from "@countersign/trust/policy/policy";
import { all, any, atom, never } from "./formula.ts";
import { forkQuorum, revokerQuorum, signingQuorum, topQuorum, witnessQuorum } from "./quorums.ts";
import { type ChannelUnder, duration, type Way } from "./way.ts";
import { releaseDemands, rootDemands, targetsDemands } from "./ways-to-install.ts";

/** Whoever can keep devices, or everybody else, from seeing what happened. */
export function waysToHide(under: ChannelUnder): readonly Way[] {
  const { policy, rules } = under;
  const fork = forkQuorum(under);
  const publish = all(topQuorum(under, "snapshot"), topQuorum(under, "timestamp"));
  const forged = all(releaseDemands(under), signingQuorum(under, under.channel));
  return [
    {
      goal: "hide",
      name: "freeze",
      does: `hide from the devices it serves what is new, a revocation too: until the timestamp expires, or for ${duration(rules.revocationSeconds)} where it serves newer ones${carried(rules)}`,
      takes: atom("distribute"),
      sights: [{ says: "everybody whom another server serves", unless: never }],
    },
    {
      goal: "hide",
      name: "revocation",
      does: "hide another revoker's no from the devices that it serves, for good",
      takes: all(atom("distribute"), revokerQuorum(policy, rules)),
      sights: [{ says: "the public ledger has the list that was hidden", unless: fork }],
    },
    {
      goal: "hide",
      name: "time",
      does: "move witnessed time, so that a soak or a cooling-off ends when it likes",
      takes: witnessQuorum(under),
      sights: [{ says: "every checkpoint carries the times that they claim", unless: never }],
    },
    {
      goal: "hide",
      name: "fork",
      does: "show some devices a ledger that nobody else sees, at any time of day that it likes",
      takes: fork,
      sights: [{ says: "whoever meets both checkpoints has the proof, for ever", unless: never }],
    },
    {
      goal: "hide",
      name: "install",
      does: "put code on chosen devices with nothing of it in the public ledger",
      takes: all(fork, any(rootDemands(under), all(publish, any(targetsDemands(under), forged)))),
      sights: [{ says: "the device itself keeps the verdicts and both checkpoints", unless: never }],
    },
  ];
}

function carried({ bundleSeconds }: ChannelRules): string {
  return bundleSeconds === undefined ? "" : `; from those that it is carried to, for ${duration(bundleSeconds)}`;
}
