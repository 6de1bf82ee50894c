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
  text,
} from "../decode.ts";
import type { PublicKey } from "../key.ts";
import type { Authority } from "../quorum.ts";
import { path, specVersion, type TargetFile, targetFile } from "./meta.ts";
import { type RoleFields, type RoleSubject, roleChecks } from "./role.ts";
import { keyTable } from "./root.ts";

/** A channel, seen by TUF: a delegated role (TUF 4.5). */
export interface Delegation {
  readonly name: string;
  readonly keyids: readonly string[];
  readonly threshold: number;
  readonly terminating: boolean;
  readonly paths: readonly string[];
}

/** `targets.json`, and `<channel>.json` just the same (TUF 4.5). */
export interface Targets extends RoleFields {
  readonly _type: "targets";
  readonly spec_version: string;
  readonly targets: Readonly<Record<string, TargetFile>>;
  readonly delegations?: { readonly keys: Readonly<Record<string, PublicKey>>; readonly roles: readonly Delegation[] } | undefined;
}

/** A path in which a whole segment may be `*`, for any one segment; of TUF's patterns the ones that two readers cannot take differently. */
const pattern: Decoder<string> = (value, at) => {
  const read = path(value, at);
  if (read.split("/").some((segment) => segment !== "*" && /[*?[\]]/.test(segment)))
    throw new Malformed(at, "a pattern in which * stands for whole segments", value);
  return read;
};

const delegation: Decoder<Delegation> = (value, at) => {
  const fields = { name, keyids: distinct(text, 1), threshold: integer(1, 100), terminating: boolean, paths: array(pattern, 1) };
  const read = open<Delegation>(fields)(value, at);
  if (read.threshold > read.keyids.length) throw new Malformed(at, `a threshold that ${read.keyids.length} keys can meet`, read.threshold);
  if (["root", "timestamp", "snapshot", "targets"].includes(read.name))
    throw new Malformed(at, "a name that no top-level role has", read.name);
  return read;
};

const delegations: Decoder<NonNullable<Targets["delegations"]>> = (value, at) => {
  const read = open<NonNullable<Targets["delegations"]>>({ keys: keyTable, roles: array(delegation) })(value, at);
  if (new Set(read.roles.map((role) => role.name)).size !== read.roles.length) throw new Malformed(at, "each role once", "a role twice");
  const stranger = read.roles.flatMap((role) => role.keyids).find((keyid) => read.keys[keyid] === undefined);
  if (stranger !== undefined) throw new Malformed(at, "key identifiers that are among the keys", stranger);
  return read;
};

export const targets: Decoder<Targets> = open<Targets>({
  _type: literal("targets"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  targets: record(path, targetFile),
  delegations: optional(delegations),
});

/** TUF 5.6 for the top-level role. */
export const targetsChecks: readonly Check<RoleSubject<Targets>>[] = roleChecks<Targets>("targets", "5.6");

/** TUF 5.6.7 for a channel: the same rules, by the keys that `targets.json` delegates to. */
export const channelChecks: readonly Check<RoleSubject<Targets>>[] = [
  ...roleChecks<Targets>("channel", "5.6.7"),
  {
    name: "channel/paths",
    source: "TUF 4.5, delegated paths",
    examine: ({ candidate, authority: { paths = [] } }) => {
      const stray = Object.keys(candidate.signed.targets).find((target) => !paths.some((pattern) => covers(pattern, target)));
      return decide(
        stray === undefined,
        `only ${paths.join(", ")}`,
        stray ?? `${Object.keys(candidate.signed.targets).length} targets`,
        "path-not-delegated",
        "This file speaks of what is not this channel's: another channel's file under this one's name, or signers beyond their duty.",
      );
    },
  },
];

function covers(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((segment, index) => segment === "*" || segment === given[index]);
}

/** The keys to which `targets` delegates a channel; undefined if it has no such channel. */
export function channelAuthority(targets: Targets, channel: string): Authority | undefined {
  const role = targets.delegations?.roles.find((candidate) => candidate.name === channel);
  return role && { keys: targets.delegations?.keys ?? {}, keyids: role.keyids, threshold: role.threshold, paths: role.paths };
}

/** Where a channel keeps what belongs to one platform of one product, and so what its role may name. */
export function channelPath(channel: string, product: string, platform: string, file: string): string {
  return `${channel}/${product}/${platform}/${file}`;
}

/** The TUF path pattern that a channel's delegation gets. */
export function channelPattern(channel: string): string {
  return channelPath(channel, "*", "*", "*");
}
