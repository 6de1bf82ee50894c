// SPDX-License-Identifier: Apache-2.0
// Documents as they would be published, for any number of people with keys.
import { type Root, root } from "@countersign/trust/anchor/root";
import { targets } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { people, policyOf, rootOf, targetsOf } from "@countersign/trust/founding.test-support";
import { type ChannelRules, type Policy, policy } from "@countersign/trust/policy/policy";
import { must, type Person, person } from "@countersign/trust/simulator.test-support";
import type { ChannelUnder } from "./way.ts";

/** A key, whose it is, and who answers for it. */
export interface Held extends Person {
  readonly owner: string;
}

export function held(name: string, owner: string = name): Held {
  return { ...person(name), owner };
}

/** What a test decides; the rest is as in the sample policy. */
export interface Sample {
  readonly separation?: Policy["separation"];
  readonly builders: readonly Held[];
  readonly builderQuorum: number;
  readonly proposers: readonly Held[];
  readonly approvers: readonly Held[];
  readonly approvals: number;
  readonly extraApprovals?: number;
  readonly signers: readonly Held[];
  readonly threshold: number;
  readonly revokers: readonly Held[];
  readonly freshRevokers: number;
  readonly monitors: readonly Held[];
  readonly readThrough: number;
  /** Who may ask for a brake; the channel has none where nobody may. */
  readonly askers?: readonly Held[];
}

const keyids = (of: readonly Held[]): readonly string[] => of.map(({ keyid }) => keyid);
const byName = (of: readonly Held[]) => Object.fromEntries(of.map(({ name, keyid }) => [name, keyid]));

export const plainSample: Sample = {
  builders: [held("builder")],
  builderQuorum: 1,
  proposers: [held("ci", "dan")],
  approvers: [held("ana"), held("ben"), held("cleo")],
  approvals: 1,
  signers: [held("sign-ana", "ana"), held("sign-ben", "ben"), held("sign-cleo", "cleo")],
  threshold: 2,
  revokers: [held("revoke-ana", "ana"), held("revoke-ben", "ben")],
  freshRevokers: 1,
  monitors: [],
  readThrough: 0,
};

/** Reads the sample with the decoders that devices use; undefined where they refuse it, as a policy that cannot be met. */
export function sampleUnder(sample: Sample): ChannelUnder | undefined {
  const { builders, proposers, approvers, signers, revokers, monitors, askers = [] } = sample;
  const usual = policyOf().channels["stable"] as ChannelRules;
  const [rule] = usual.builders.trusted;
  const everyone = [...builders, ...proposers, ...approvers, ...signers, ...revokers, ...monitors, ...askers];
  const document: Policy = policyOf({
    separation: sample.separation ?? "owner",
    holders: Object.fromEntries(everyone.map(({ keyid, key, name, owner }) => [keyid, { key, holder: name, owner }])),
    revokers: byName(revokers),
    monitors: byName(monitors),
    ...(askers.length === 0 ? {} : { brakes: byName(askers) }),
    channels: {
      stable: {
        ...usual,
        proposers: keyids(proposers),
        approvers: keyids(approvers),
        approvals: sample.approvals,
        urgent: { ...usual.urgent, extraApprovals: sample.extraApprovals ?? 0 },
        builders: {
          quorum: sample.builderQuorum,
          trusted: builders.map(({ keyid }) => ({ ...rule, keyid })) as typeof usual.builders.trusted,
        },
        freshRevokers: sample.freshRevokers,
        readThrough: sample.readThrough,
        ...(askers.length === 0 ? {} : { brakeBits: 22 }),
      },
    },
  });
  const read = decodeBytes(policy, servedBytes(document), "policy");
  if (!read.ok) return undefined;
  const delegation = { keyids: keyids(signers), threshold: sample.threshold, name: "stable", terminating: true, paths: ["stable/*/*/*"] };
  const keys = Object.fromEntries(signers.map(({ keyid, key }) => [keyid, key]));
  const listed = decodeBytes(targets, servedBytes(targetsOf({}, { delegations: { keys, roles: [delegation] } })), "targets");
  if (!listed.ok) return undefined;
  const top: Root = must(decodeBytes(root, servedBytes(rootOf()), "root"));
  return { root: top, targets: listed.value, policy: read.value, channel: "stable", rules: read.value.channels["stable"] as ChannelRules };
}

/** Alice and Bob hold root and targets of the sample, the publisher the rest. */
export const topPeople: typeof people = people;
