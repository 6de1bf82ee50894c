// SPDX-License-Identifier: Apache-2.0
import { array, closed, type Decoder, distinct, integer, literal, Malformed, name, record, text } from "../decode.ts";
import { keyidOf, type PublicKey, publicKey } from "../key.ts";
import { ownersOf } from "../quorum.ts";

/** A key with the identity or person that holds it and the one accountable owner behind that. */
export interface Holder {
  readonly key: PublicKey;
  readonly holder: string;
  readonly owner: string;
}

/** What provenance of a trusted builder must say, exactly: a value that differs and a parameter that is not here are both refused. */
export interface BuilderRule {
  readonly id: string;
  readonly keyid: string;
  readonly buildType: string;
  /** The source repository, as provenance names it in `resolvedDependencies`. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What it takes to release to one channel. */
export interface ChannelRules {
  /** Defaults by blast radius; `app` is the one this version can check whole. */
  readonly profile: "app";
  readonly proposers: readonly string[];
  readonly approvers: readonly string[];
  /** People besides the proposer who must approve. */
  readonly approvals: number;
  readonly soakSeconds: number;
  readonly urgent: { readonly soakSeconds: number; readonly extraApprovals: number };
  readonly builders: { readonly quorum: number; readonly trusted: readonly BuilderRule[] };
  /** Revokers whose lists must be newer than the end of the soak. */
  readonly freshRevokers: number;
  /** How old a revoker's list may be, by witnessed time, to count as heard: what a mirror can hide of a later revocation ends with it. */
  readonly revocationSeconds: number;
}

/** How long and how slowly a device lets itself be served. */
export interface DownloadLimits {
  readonly connectSeconds: number;
  readonly idleSeconds: number;
  readonly totalSeconds: number;
  readonly minimumBytesPerSecond: number;
}

/** `policy.json`: who and what is trusted, for which channel. A target of the top-level targets role, so its quorum signs it. */
export interface Policy {
  readonly _type: "policy";
  readonly spec: "countersign/1";
  readonly version: number;
  /** `owner`: quorums count owners. `key`: one person holds every duty, and quorums count holders; said aloud, never by omission. */
  readonly separation: "owner" | "key";
  /** How long a new policy must have been in the ledger before it holds. */
  readonly coolingOffSeconds: number;
  readonly holders: Readonly<Record<string, Holder>>;
  readonly channels: Readonly<Record<string, ChannelRules>>;
  /** Revoker name to key identifier. */
  readonly revokers: Readonly<Record<string, string>>;
  readonly download: DownloadLimits;
}

const builderRule: Decoder<BuilderRule> = closed<BuilderRule>({
  id: text,
  keyid: text,
  buildType: text,
  source: text,
  parameters: record(text, text),
});

const channelRules: Decoder<ChannelRules> = closed<ChannelRules>({
  profile: literal("app"),
  proposers: distinct(text, 1),
  approvers: distinct(text, 1),
  approvals: integer(1, 32),
  soakSeconds: integer(1),
  urgent: closed({ soakSeconds: integer(1), extraApprovals: integer(0, 32) }),
  builders: closed({ quorum: integer(1, 8), trusted: array(builderRule, 1) }),
  freshRevokers: integer(1, 32),
  revocationSeconds: integer(1),
});

const seconds: Decoder<number> = integer(1, 86_400);

const fields: Decoder<Policy> = closed<Policy>({
  _type: literal("policy"),
  spec: literal("countersign/1"),
  version: integer(1),
  separation: literal("owner", "key"),
  coolingOffSeconds: integer(1),
  holders: record(text, closed<Holder>({ key: publicKey, holder: name, owner: name })),
  channels: record(name, channelRules),
  revokers: record(name, text),
  download: closed<DownloadLimits>({
    connectSeconds: seconds,
    idleSeconds: seconds,
    totalSeconds: seconds,
    minimumBytesPerSecond: integer(1),
  }),
});

/** Reads a policy. A key identifier that stands for no holder, and a quorum that its people cannot fill, are refused. */
export const policy: Decoder<Policy> = (value, at) => {
  const read = fields(value, at);
  for (const [keyid, { key }] of Object.entries(read.holders))
    if (keyidOf(key) !== keyid) throw new Malformed(`holders.${keyid}`, "the identifier that is the key's own digest", keyid);
  const people = (keyids: readonly string[]): number => ownersOf(keyids, (keyid) => principalOf(read, keyid)).length;
  for (const [channel, rules] of Object.entries(read.channels)) {
    const named = [...rules.proposers, ...rules.approvers, ...rules.builders.trusted.map((rule) => rule.keyid)];
    for (const keyid of named) known(read, `channels.${channel}`, keyid);
    if (rules.approvals + rules.urgent.extraApprovals > people(rules.approvers))
      throw new Malformed(`channels.${channel}.approvers`, "as many approvers as an urgent release needs", people(rules.approvers));
    const builders = people(rules.builders.trusted.map((rule) => rule.keyid));
    if (rules.builders.quorum > builders)
      throw new Malformed(`channels.${channel}.builders`, "as many builders as the quorum asks for", builders);
    if (rules.freshRevokers > Object.keys(read.revokers).length)
      throw new Malformed(`channels.${channel}.freshRevokers`, "no more than there are revokers", rules.freshRevokers);
    if (rules.urgent.soakSeconds > rules.soakSeconds)
      throw new Malformed(`channels.${channel}.urgent.soakSeconds`, "no longer than the usual soak", rules.urgent.soakSeconds);
  }
  const revokers = Object.values(read.revokers);
  for (const keyid of revokers) known(read, "revokers", keyid);
  if (new Set(revokers).size !== revokers.length) throw new Malformed("revokers", "a key of its own for each revoker", "one key twice");
  return read;
};

function known(policy: Policy, at: string, keyid: string): void {
  if (policy.holders[keyid] === undefined) throw new Malformed(at, "key identifiers that stand among the holders", keyid);
}

/** Whom a key counts as in a quorum: its owner, or its holder where the policy says that keys are all that is separate. */
export function principalOf(policy: Policy, keyid: string): string | undefined {
  const holder = policy.holders[keyid];
  return policy.separation === "owner" ? holder?.owner : holder?.holder;
}
