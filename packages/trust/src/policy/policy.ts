// SPDX-License-Identifier: Apache-2.0
import { isKeyName } from "@countersign/tlog/note";
import { isVerifierRule, type TrustedBuilder, trustedBuilder } from "../build/builder-rule.ts";
import { array, closed, type Decoder, distinct, integer, literal, Malformed, name, optional, record, text } from "../decode.ts";
import { type HolderKey, holderKey, keyidOf, type PublicKey } from "../key.ts";
import { ownersOf } from "../quorum.ts";
import { type Custody, custodyMap, declarable } from "./custody.ts";
import { demandable, type PostQuantum, postQuantum } from "./post-quantum.ts";
import { looserIn, type Profile, type ProfileNumbers, profileFloors } from "./profile.ts";

/** A key with the identity or person that holds it and the one accountable owner behind that. */
export interface Holder {
  readonly key: HolderKey;
  readonly holder: string;
  readonly owner: string;
}

/** What it takes to release to one channel. */
export interface ChannelRules {
  /** Sets what this channel may not loosen. */
  readonly profile: Profile;
  readonly proposers: readonly string[];
  readonly approvers: readonly string[];
  /** People besides the proposer who must approve. */
  readonly approvals: number;
  readonly soakSeconds: number;
  readonly urgent: { readonly soakSeconds: number; readonly extraApprovals: number };
  readonly builders: { readonly quorum: number; readonly trusted: readonly TrustedBuilder[] };
  /** Revokers whose lists must be newer than the end of the soak. */
  readonly freshRevokers: number;
  /** How old a revoker's list may be, by witnessed time, to count as heard: what a mirror can hide of a later revocation ends with it. */
  readonly revocationSeconds: number;
  /** Monitors of different owners that must have read past the release entry. */
  readonly readThrough: number;
  /** How unusual a release must be, in bits, for an observer to have it held; none may where it is absent. */
  readonly brakeBits?: number | undefined;
  /** For how long after its own witnessed time a bundle may be installed; none may where it is absent. */
  readonly bundleSeconds?: number | undefined;
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
  /** Monitor name to the identifier of its ed25519 key; the name is also that of its C2SP key. */
  readonly monitors: Readonly<Record<string, string>>;
  /** Observers that may ask revokers for a brake, a hold of at most 72 hours: name to the identifier of a key that is for nothing else. */
  readonly brakes?: Readonly<Record<string, string>> | undefined;
  /** Where keys live, by their identifiers, as those say who sign this. What stands here decides nothing: that it changes is what others look at. */
  readonly custody?: Readonly<Record<string, Custody>> | undefined;
  readonly download: DownloadLimits;
  /** Post-quantum signatures that are demanded beside the classical ones. */
  readonly postQuantum?: PostQuantum | undefined;
}

const channelRules: Decoder<ChannelRules> = closed<ChannelRules>({
  profile: literal("app", "agent", "firmware"),
  proposers: distinct(text, 1),
  approvers: distinct(text, 1),
  approvals: integer(1, 32),
  soakSeconds: integer(1),
  urgent: closed({ soakSeconds: integer(1), extraApprovals: integer(0, 32) }),
  builders: closed({ quorum: integer(1, 8), trusted: array(trustedBuilder, 1) }),
  freshRevokers: integer(1, 32),
  revocationSeconds: integer(1),
  readThrough: integer(0, 32),
  brakeBits: optional(integer(1, 512)),
  bundleSeconds: optional(integer(1, 365 * 86_400)),
});

const seconds: Decoder<number> = integer(1, 86_400);

const fields: Decoder<Policy> = closed<Policy>({
  _type: literal("policy"),
  spec: literal("countersign/1"),
  version: integer(1),
  separation: literal("owner", "key"),
  coolingOffSeconds: integer(1),
  holders: record(text, closed<Holder>({ key: holderKey, holder: name, owner: name })),
  channels: record(name, channelRules),
  revokers: record(name, text),
  monitors: record(name, text),
  brakes: optional(record(name, text)),
  custody: custodyMap,
  download: closed<DownloadLimits>({
    connectSeconds: seconds,
    idleSeconds: seconds,
    totalSeconds: seconds,
    minimumBytesPerSecond: integer(1),
  }),
  postQuantum,
});

/** Reads a policy. A key that stands for no holder, a quorum that its people cannot fill, and a channel below its profile are refused. */
export const policy: Decoder<Policy> = (value, at) => {
  const read = fields(value, at);
  for (const [keyid, { key }] of Object.entries(read.holders))
    if (keyidOf(key) !== keyid) throw new Malformed(`holders.${keyid}`, "the identifier that is the key's own digest", keyid);
  for (const [channel, rules] of Object.entries(read.channels)) fillable(read, `channels.${channel}`, rules);
  personal(read);
  demandable(read);
  declarable(read);
  ownKeys(read, "revokers", Object.values(read.revokers));
  ownKeys(read, "monitors", Object.values(read.monitors));
  ownKeys(read, "brakes", Object.values(read.brakes ?? {}));
  braking(read);
  for (const [monitor, keyid] of Object.entries(read.monitors))
    if (!isKeyName(monitor) || read.holders[keyid]?.key.keytype !== "ed25519")
      throw new Malformed(`monitors.${monitor}`, "an ed25519 key under a name that C2SP takes", keyid);
  return read;
};

function fillable(policy: Policy, at: string, rules: ChannelRules): void {
  const builders = rules.builders.trusted.map((rule) => rule.keyid);
  for (const keyid of [...rules.proposers, ...rules.approvers, ...builders]) known(policy, at, keyid);
  onePurpose(at, rules);
  const owners = (keyids: readonly string[]): number => ownersOf(keyids, (keyid) => principalOf(policy, keyid)).length;
  const people = owners(rules.approvers);
  if (rules.approvals + rules.urgent.extraApprovals > people)
    throw new Malformed(`${at}.approvers`, "as many approvers as an urgent release needs", people);
  if (rules.builders.quorum > owners(builders))
    throw new Malformed(`${at}.builders`, "as many builders as the quorum asks for", owners(builders));
  const revokers = owners(Object.values(policy.revokers));
  if (rules.freshRevokers > revokers)
    throw new Malformed(`${at}.freshRevokers`, `no more than the ${revokers} revokers`, rules.freshRevokers);
  const monitors = owners(Object.values(policy.monitors));
  if (rules.readThrough > monitors) throw new Malformed(`${at}.readThrough`, `no more than the ${monitors} monitors`, rules.readThrough);
  if (rules.urgent.soakSeconds > rules.soakSeconds)
    throw new Malformed(`${at}.urgent.soakSeconds`, "no longer than the usual soak", rules.urgent.soakSeconds);
  const looser = looserIn(numbersOf(policy, rules), profileFloors[rules.profile]);
  if (looser.length > 0) throw new Malformed(at, `what the ${rules.profile} profile asks for`, `less ${looser.join(", ")}`);
  if (rules.profile !== "app" && policy.separation !== "owner")
    throw new Malformed("separation", `"owner", for an ${rules.profile} channel`, policy.separation);
}

/** A passkey speaks for a person: it proposes and approves, and is no key of a duty. Nor is one of them two, for two pages. */
function personal({ holders, channels, revokers, brakes = {} }: Policy): void {
  const builders = Object.values(channels).flatMap((rules) => rules.builders.trusted.map(({ keyid }) => keyid));
  const passkey = [...builders, ...Object.values(revokers), ...Object.values(brakes)].find(
    (keyid) => holders[keyid]?.key.keytype === "webauthn",
  );
  if (passkey !== undefined) throw new Malformed("holders", "passkeys that propose and approve, and nothing else", passkey);
  const keys = Object.values(holders).map(({ key }) => key.keyval.public);
  if (new Set(keys).size !== keys.length) throw new Malformed("holders", "each key once", "one in two forms");
}

/** Whoever asks for a brake can do that and nothing else; and where a channel has one, somebody can ask for it. */
function braking({ channels, revokers, monitors, brakes = {} }: Policy): void {
  const rules = Object.values(channels);
  const others = rules.flatMap(({ proposers, approvers, builders }) => [
    ...proposers,
    ...approvers,
    ...builders.trusted.map(({ keyid }) => keyid),
  ]);
  const used = new Set([...others, ...Object.values(revokers), ...Object.values(monitors)]);
  const twice = Object.values(brakes).find((keyid) => used.has(keyid));
  if (twice !== undefined) throw new Malformed("brakes", "keys that are trusted for nothing else", twice);
  if (rules.some(({ brakeBits }) => brakeBits !== undefined) && Object.keys(brakes).length === 0)
    throw new Malformed("brakes", "one who may ask for the brake that a channel has", "none");
}

/** A key certifies builders' keys, or signs provenance itself, or signs summaries: which of them, its signature alone could not tell. */
function onePurpose(at: string, { builders: { trusted } }: ChannelRules): void {
  const purposeOf = (rule: TrustedBuilder): string =>
    isVerifierRule(rule) ? "verifier" : rule.certified === undefined ? "builder" : "issuer";
  for (const { keyid } of trusted) {
    const purposes = new Set(trusted.filter((rule) => rule.keyid === keyid).map(purposeOf));
    if (purposes.size > 1) throw new Malformed(`${at}.builders`, "a key of its own for each purpose", [...purposes].join(" and "));
  }
}

/** The numbers of a channel that stand in its policy, as its profile counts them; those of its signers stand in the delegation. */
export function numbersOf(policy: Policy, rules: ChannelRules): Partial<ProfileNumbers> {
  const owners = (keyids: readonly string[]): number => ownersOf(keyids, (keyid) => principalOf(policy, keyid)).length;
  return {
    owners: owners(Object.keys(policy.holders)),
    approvals: rules.approvals,
    extraApprovals: rules.urgent.extraApprovals,
    builders: rules.builders.quorum,
    freshRevokers: rules.freshRevokers,
    readThrough: rules.readThrough,
    monitors: owners(Object.values(policy.monitors)),
    soakSeconds: rules.soakSeconds,
    urgentSoakSeconds: rules.urgent.soakSeconds,
  };
}

/** A key of its own for each: two names for one key would be two voices. */
function ownKeys(policy: Policy, at: string, keyids: readonly string[]): void {
  for (const keyid of keyids) known(policy, at, keyid);
  if (new Set(keyids).size !== keyids.length) throw new Malformed(at, "a key of its own for each", "one key twice");
}

function known(policy: Policy, at: string, keyid: string): void {
  if (policy.holders[keyid] === undefined) throw new Malformed(at, "key identifiers that stand among the holders", keyid);
}

/** The key of a duty. A passkey is none. */
export function dutyKeyOf({ holders }: Pick<Policy, "holders">, keyid: string): PublicKey | undefined {
  const key = holders[keyid]?.key;
  return key?.keytype === "webauthn" ? undefined : key;
}

/** Whom a key counts as in a quorum: its owner, or its holder where the policy says that keys are all that is separate. */
export function principalOf(policy: Policy, keyid: string): string | undefined {
  const holder = policy.holders[keyid];
  return policy.separation === "owner" ? holder?.owner : holder?.holder;
}
