// SPDX-License-Identifier: Apache-2.0
import { type ChannelRules, type Policy, principalOf } from "@countersign/trust/policy/policy";
import { ownersOf } from "@countersign/trust/quorum";

/** So many of these people or identities are enough for something. */
export interface Quorum {
  readonly act: string;
  readonly takes: number;
  readonly of: readonly string[];
}

/** What it takes on one channel to start something and to stop it, as a policy says; who signs the channel file is said by the targets. */
export interface ChannelQuorums {
  readonly start: readonly Quorum[];
  readonly stop: readonly Quorum[];
}

/** A number of the policy that becomes another. */
export interface NumberChange {
  /** Null for what stands above all channels. */
  readonly channel: string | null;
  readonly number: string;
  readonly before: string | number;
  readonly after: string | number;
  /** Whether it now takes less to put code on a device, or less is seen of it. */
  readonly looser: boolean;
}

/** Somebody who gets a voice or loses one. */
export interface VoiceChange {
  readonly channel: string;
  readonly act: string;
  readonly who: string;
  readonly gains: boolean;
}

/** What signing a policy changes about who can start and stop what. */
export interface PolicyEffect {
  readonly numbers: readonly NumberChange[];
  readonly voices: readonly VoiceChange[];
  /** For how long the policy that is held goes on judging beside it, from when its targets file is in the ledger. What only narrows acts at once. */
  readonly coolingOffSeconds: number;
}

/** What it takes to start and to stop on each channel. */
export function quorumsOf(policy: Policy): Readonly<Record<string, ChannelQuorums>> {
  return Object.fromEntries(Object.entries(policy.channels).map(([channel, rules]) => [channel, quorumsOn(policy, rules)]));
}

function quorumsOn(policy: Policy, { proposers, approvers, approvals, urgent, builders, brakeBits }: ChannelRules): ChannelQuorums {
  const who = (keyids: readonly string[]) => ownersOf(keyids, (keyid) => principalOf(policy, keyid)).toSorted();
  const people = who(approvers);
  return {
    start: [
      { act: "build", takes: builders.quorum, of: who(builders.trusted.map(({ keyid }) => keyid)) },
      { act: "propose", takes: 1, of: who([...proposers, ...approvers]) },
      { act: "approve, besides the proposer", takes: approvals, of: people },
      { act: "approve what is urgent", takes: approvals + urgent.extraApprovals, of: people },
    ],
    stop: [
      { act: "revoke", takes: 1, of: who(Object.values(policy.revokers)) },
      { act: "recall or slow", takes: 1, of: people },
      ...(brakeBits === undefined ? [] : [{ act: "hold for 72 hours", takes: 1, of: who(Object.values(policy.brakes ?? {})) }]),
    ],
  };
}

/** What a policy changes against the one before: read this before the lines. */
export function policyEffect(before: Policy, after: Policy): PolicyEffect {
  const channels = [...new Set([...Object.keys(before.channels), ...Object.keys(after.channels)])].sort();
  const [was, is] = [quorumsOf(before), quorumsOf(after)];
  return {
    numbers: [
      ...numberChanges(null, overall(before), overall(after)),
      ...channels.flatMap((channel) => numberChanges(channel, numbersIn(before.channels[channel]), numbersIn(after.channels[channel]))),
    ],
    voices: channels.flatMap((channel) => voiceChanges(channel, was[channel], is[channel])),
    coolingOffSeconds: before.coolingOffSeconds,
  };
}

/** A number as it is compared: the higher its rank, the tighter. */
interface Ranked {
  readonly said: string | number;
  readonly rank: number;
}

const profiles = ["app", "agent", "firmware"];
const tighterUp = (said: number): Ranked => ({ said, rank: said });

function overall({ separation, coolingOffSeconds, holders, revokers, monitors, postQuantum }: Policy): Readonly<Record<string, Ranked>> {
  const demands = Object.keys(postQuantum?.roles ?? {}).length;
  return {
    separation: { said: separation, rank: separation === "owner" ? 1 : 0 },
    coolingOffSeconds: tighterUp(coolingOffSeconds),
    owners: tighterUp(new Set(Object.values(holders).map(({ owner }) => owner)).size),
    revokers: tighterUp(Object.keys(revokers).length),
    monitors: tighterUp(Object.keys(monitors).length),
    "roles with post-quantum signatures": tighterUp(demands),
  };
}

function numbersIn(rules: ChannelRules | undefined): Readonly<Record<string, Ranked>> | undefined {
  if (rules === undefined) return undefined;
  const { profile, approvals, urgent, builders, soakSeconds, freshRevokers, revocationSeconds, readThrough, brakeBits, bundleSeconds } =
    rules;
  return {
    profile: { said: profile, rank: profiles.indexOf(profile) },
    approvals: tighterUp(approvals),
    "approvals of what is urgent": tighterUp(approvals + urgent.extraApprovals),
    builders: tighterUp(builders.quorum),
    soakSeconds: tighterUp(soakSeconds),
    "soakSeconds of what is urgent": tighterUp(urgent.soakSeconds),
    freshRevokers: tighterUp(freshRevokers),
    revocationSeconds: { said: revocationSeconds, rank: -revocationSeconds },
    readThrough: tighterUp(readThrough),
    brakeBits: brakeBits === undefined ? { said: "no brake", rank: Number.NEGATIVE_INFINITY } : { said: brakeBits, rank: -brakeBits },
    bundleSeconds: bundleSeconds === undefined ? { said: "no bundle", rank: 0 } : { said: bundleSeconds, rank: -bundleSeconds },
  };
}

/** A channel that comes or goes has no number that becomes another: its voices say it. */
function numberChanges(
  channel: string | null,
  before: Readonly<Record<string, Ranked>> | undefined,
  after: Readonly<Record<string, Ranked>> | undefined,
): readonly NumberChange[] {
  return Object.entries(before ?? {}).flatMap(([number, was]) => {
    const is = after?.[number];
    if (is === undefined || is.rank === was.rank) return [];
    return [{ channel, number, before: was.said, after: is.said, looser: is.rank < was.rank }];
  });
}

function voiceChanges(channel: string, before: ChannelQuorums | undefined, after: ChannelQuorums | undefined): readonly VoiceChange[] {
  const voices = (quorums: ChannelQuorums | undefined) =>
    [...(quorums?.start ?? []), ...(quorums?.stop ?? [])].flatMap(({ act, of }) => of.map((who) => ({ act, who })));
  const missing = (some: ReturnType<typeof voices>, from: ReturnType<typeof voices>) =>
    some.filter((one) => !from.some((other) => other.act === one.act && other.who === one.who));
  const [was, is] = [voices(before), voices(after)];
  return [
    ...missing(is, was).map((voice) => ({ channel, ...voice, gains: true })),
    ...missing(was, is).map((voice) => ({ channel, ...voice, gains: false })),
  ];
}
