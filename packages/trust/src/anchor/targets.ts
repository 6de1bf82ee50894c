// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import {
  array,
  boolean,
  type Decoder,
  dateTime,
  distinct,
  integer,
  literal,
  Malformed,
  name,
  open,
  optional,
  record,
  table,
  text,
} from "../decode.ts";
import type { Digest } from "../digest.ts";
import type { PublicKey } from "../key.ts";
import type { Authority } from "../quorum.ts";
import { accept, type Outcome } from "../refusal.ts";
import type { Table } from "../table.ts";
import { type DelegatedRole, type Delegations, delegatedName } from "../tuf/delegation.ts";
import { type TargetFile as PlainTargetFile, path, targetFile as plainTargetFile, specVersion } from "../tuf/meta.ts";
import { matchesPattern } from "../tuf/path-pattern.ts";
import { type Targets as PlainTargets, targetsRoleChecks } from "../tuf/targets.ts";
import { type OwnedSubject, onward, owners } from "./role.ts";
import { keyTable } from "./root.ts";

/** A target of ours always has its SHA-256: the store keeps it under that. */
export interface TargetFile extends PlainTargetFile {
  readonly hashes: { readonly sha256: Digest };
}

/** A channel, seen by TUF: a delegated role. Of the specification's delegations the ones that two readers cannot take differently. */
export interface ChannelRole extends DelegatedRole {
  readonly paths: readonly string[];
}

/** `targets.json` of a repository of ours, and `<channel>.json` just the same. */
export interface Targets extends PlainTargets {
  readonly targets: Table<TargetFile>;
  readonly delegations?: ChannelDelegations | undefined;
}

export interface ChannelDelegations extends Delegations {
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly roles: readonly ChannelRole[];
}

/** Targets as they are written. */
export interface TargetsDocument extends Omit<Targets, "targets"> {
  readonly targets: Readonly<Record<string, TargetFile>>;
}

const targetFile: Decoder<TargetFile> = (value, at) => {
  const read = plainTargetFile(value, at);
  const { sha256 } = read.hashes;
  if (sha256 === undefined) throw new Malformed(`${at}.hashes`, "a sha256", value);
  return { ...read, hashes: { ...read.hashes, sha256 } };
};

/** A pattern in which a whole segment may be `*`, and nothing else is special. */
const pattern: Decoder<string> = (value, at) => {
  const read = path(value, at);
  if (read.split("/").some((segment) => segment !== "*" && /[*?[\]]/.test(segment)))
    throw new Malformed(at, "a pattern in which * stands for whole segments", value);
  return read;
};

const channelRole: Decoder<ChannelRole> = (value, at) => {
  const fields = {
    name: (given: unknown, where: string) => name(delegatedName(given, where), where),
    keyids: distinct(text, 1),
    threshold: integer(1, 100),
    terminating: boolean,
    paths: array(pattern, 1),
    path_hash_prefixes: (given: unknown, where: string) => {
      if (given !== undefined) throw new Malformed(where, "paths only", given);
      return undefined;
    },
  };
  const read = open<ChannelRole>(fields)(value, at);
  if (read.threshold > read.keyids.length) throw new Malformed(at, `a threshold that ${read.keyids.length} keys can meet`, read.threshold);
  return read;
};

const delegations: Decoder<ChannelDelegations> = (value, at) => {
  const read = open<Pick<ChannelDelegations, "keys" | "roles">>({ keys: keyTable, roles: array(channelRole) })(value, at);
  if (new Set(read.roles.map((role) => role.name)).size !== read.roles.length) throw new Malformed(at, "each role once", "a role twice");
  const stranger = read.roles.flatMap((role) => role.keyids).find((keyid) => read.keys[keyid] === undefined);
  if (stranger !== undefined) throw new Malformed(at, "key identifiers that are among the keys", stranger);
  return read;
};

const fields = {
  _type: literal("targets"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  delegations: optional(delegations),
} as const;

export const targets: Decoder<Targets> = open<Targets>({ ...fields, targets: table(path, targetFile) });

/** The same for those who write it on: every target decoded. */
export const targetsDocument: Decoder<TargetsDocument> = open<TargetsDocument>({ ...fields, targets: record(path, targetFile) });

/** Decodes every target of a file that was read. */
export function targetsDocumentOf(targets: Targets): Outcome<TargetsDocument> {
  const entries = targets.targets.entries();
  return entries.ok ? accept({ ...targets, targets: Object.fromEntries(entries.value) }) : entries;
}

/** TUF 5.6 for the top-level role of ours: by different owners, and never back. */
export const targetsChecks: readonly Check<OwnedSubject<Targets>>[] = [
  ...targetsRoleChecks("targets", "5.6"),
  onward("targets"),
  owners("targets"),
];

/** The keys of a channel, and the paths that it may name. */
export interface ChannelAuthority extends Authority {
  readonly paths: readonly string[];
}

export interface ChannelSubject extends OwnedSubject<Targets> {
  readonly authority: ChannelAuthority;
}

/** TUF 5.6.7 for a channel: the same rules, by the keys that `targets.json` delegates to. */
export const channelChecks: readonly Check<ChannelSubject>[] = [
  ...targetsRoleChecks("channel", "5.6"),
  onward("channel"),
  owners("channel"),
  {
    name: "channel/paths",
    source: "TUF 4.5, delegated paths",
    examine: ({ candidate, authority: { paths } }) => {
      const named = [...candidate.signed.targets.names()];
      const stray = named.find((target) => !paths.some((pattern) => matchesPattern(pattern, target)));
      return decide(
        stray === undefined,
        `only ${paths.join(", ")}`,
        stray ?? `${named.length} targets`,
        "path-not-delegated",
        "This file speaks of what is not this channel's: another channel's file under this one's name, or signers beyond their duty.",
      );
    },
  },
];

/** One object for each channel of each file: who signed what is remembered by it. */
const authorities = new WeakMap<ChannelRole, ChannelAuthority>();

/** The keys to which `targets` delegates a channel; undefined if it has no such channel. */
export function channelAuthority({ delegations }: Pick<Targets, "delegations">, channel: string): ChannelAuthority | undefined {
  const role = delegations?.roles.find(({ name }) => name === channel);
  if (delegations === undefined || role === undefined) return undefined;
  const { keyids, threshold, paths } = role;
  const authority = authorities.get(role) ?? { keys: delegations.keys, keyids, threshold, paths };
  authorities.set(role, authority);
  return authority;
}

/** Where a channel keeps what belongs to one platform of one product, and so what its role may name. */
export function channelPath(channel: string, product: string, platform: string, file: string): string {
  return `${channel}/${product}/${platform}/${file}`;
}

/** The TUF path pattern that a channel's delegation gets. */
export function channelPattern(channel: string): string {
  return channelPath(channel, "*", "*", "*");
}
