// SPDX-License-Identifier: Apache-2.0
import { array, boolean, type Decoder, distinct, integer, Malformed, matching, open, optional, text } from "../decode.ts";
import { sha256 } from "../digest.ts";
import { foreignKey, type PublicKey, type UnusableKey } from "../key.ts";
import { defaultLimits } from "../limits.ts";
import type { Authority } from "../quorum.ts";
import { keyTable } from "./key-table.ts";
import { roleName } from "./meta.ts";
import { matchesPattern } from "./path-pattern.ts";

/** A role to which a targets role delegates some paths: by patterns, or by the first digits of their SHA-256; never by both (TUF 4.5). */
export interface DelegatedRole {
  readonly name: string;
  readonly keyids: readonly string[];
  readonly threshold: number;
  /** Whether what comes after this delegation is out of the question for a path that it covers. */
  readonly terminating: boolean;
  readonly paths?: readonly string[] | undefined;
  readonly path_hash_prefixes?: readonly string[] | undefined;
}

/** 2 ** bit_length roles in one line, each for the paths whose SHA-256 begins with its number (TAP 15). */
export interface SuccinctRoles {
  readonly keyids: readonly string[];
  readonly threshold: number;
  readonly bit_length: number;
  readonly name_prefix: string;
}

/** Either `roles`, whose order is their priority, or `succinct_roles`. */
export interface Delegations {
  readonly keys: Readonly<Record<string, PublicKey | UnusableKey>>;
  readonly roles?: readonly DelegatedRole[] | undefined;
  readonly succinct_roles?: SuccinctRoles | undefined;
}

const topLevel = ["root", "timestamp", "snapshot", "targets"];

/** A delegated role's name: any but those of the top-level roles, whose keys only root can give. */
export const delegatedName: Decoder<string> = (value, at) => {
  const read = roleName(value, at);
  if (topLevel.includes(read)) throw new Malformed(at, "a name that no top-level role has", read);
  return read;
};

const keyids = distinct(text);
const threshold = integer(1);
const pattern: Decoder<string> = (value, at) => {
  const read = text(value, at);
  if (read.length > defaultLimits.pathLength) throw new Malformed(at, `a pattern of at most ${defaultLimits.pathLength} characters`, value);
  return read;
};
const prefix = matching(/^[0-9a-f]{1,64}$/, "1 to 64 lower-case hex digits");

const delegatedRole: Decoder<DelegatedRole> = (value, at) => {
  const read = open<DelegatedRole>({
    name: delegatedName,
    keyids,
    threshold,
    terminating: (flag, where) => flag !== undefined && boolean(flag, where), // the specification's own example leaves it out
    paths: optional(array(pattern)),
    path_hash_prefixes: optional(array(prefix, 0, 2 ** 16)),
  })(value, at);
  if ((read.paths === undefined) === (read.path_hash_prefixes === undefined))
    throw new Malformed(at, "either paths or path_hash_prefixes", value);
  return read;
};

const succinctRoles: Decoder<SuccinctRoles> = open<SuccinctRoles>({
  keyids,
  threshold,
  bit_length: integer(1, 32),
  name_prefix: roleName,
});

export const delegations: Decoder<Delegations> = (value, at) => {
  const read = open<Delegations>({
    keys: keyTable(foreignKey),
    roles: optional(array(delegatedRole, 0, defaultLimits.delegatedRoles)),
    succinct_roles: optional(succinctRoles),
  })(value, at);
  if ((read.roles === undefined) === (read.succinct_roles === undefined)) throw new Malformed(at, "either roles or succinct_roles", value);
  if (new Set(read.roles?.map(({ name }) => name)).size !== (read.roles?.length ?? 0))
    throw new Malformed(at, "each role once", "a role twice");
  const patterns = (read.roles ?? []).flatMap(({ paths = [] }) => paths).reduce((total, { length }) => total + length, 0);
  if (patterns > defaultLimits.patternsLength)
    throw new Malformed(at, `path patterns of at most ${defaultLimits.patternsLength} characters together`, patterns);
  return read;
};

/** A delegation that covers a path: which role, by whose keys, and whether it is the last that may be asked. */
export interface Delegation {
  readonly role: string;
  readonly authority: Authority;
  readonly terminating: boolean;
}

/** The delegations that cover `path`, most trusted first (TUF 4.5, 5.6.7.2). After a terminating one there is none. */
export function* delegatedRoles({ keys, roles, succinct_roles }: Delegations, path: string): Generator<Delegation, void, undefined> {
  if (succinct_roles !== undefined) {
    const { keyids, threshold } = succinct_roles;
    yield { role: binOf(succinct_roles, path), authority: { keys, keyids, threshold }, terminating: true };
  }
  for (const role of roles ?? []) {
    if (!covers(role, path)) continue;
    const { name, keyids, threshold, terminating } = role;
    yield { role: name, authority: { keys, keyids, threshold }, terminating };
    if (terminating) return;
  }
}

/** The keys to which these delegations give a role's name; undefined where they do not. */
export function authorityOf({ keys, roles, succinct_roles }: Delegations, role: string): Authority | undefined {
  const named = succinct_roles !== undefined && isBin(succinct_roles, role) ? succinct_roles : roles?.find(({ name }) => name === role);
  return named && { keys, keyids: named.keyids, threshold: named.threshold };
}

function isBin({ bit_length, name_prefix }: SuccinctRoles, role: string): boolean {
  const number = role.slice(name_prefix.length + 1);
  const digits = Math.ceil(bit_length / 4);
  if (!role.startsWith(`${name_prefix}-`) || number.length !== digits || !/^[0-9a-f]+$/.test(number)) return false;
  return Number.parseInt(number, 16) < 2 ** bit_length;
}

function covers({ paths = [], path_hash_prefixes = [] }: DelegatedRole, path: string): boolean {
  if (path_hash_prefixes.length === 0) return paths.some((pattern) => matchesPattern(pattern, path));
  const digest = pathDigest(path);
  return path_hash_prefixes.some((prefix) => digest.startsWith(prefix));
}

/** The bin of a path: the first bits of its SHA-256, in as many hex digits as the last bin needs (TAP 15). */
export function binOf({ bit_length, name_prefix }: Pick<SuccinctRoles, "bit_length" | "name_prefix">, path: string): string {
  const bin = Number.parseInt(pathDigest(path).slice(0, 8), 16) >>> (32 - bit_length);
  return `${name_prefix}-${bin.toString(16).padStart(Math.ceil(bit_length / 4), "0")}`;
}

function pathDigest(path: string): string {
  return sha256(new TextEncoder().encode(path));
}
