// SPDX-License-Identifier: Apache-2.0
import { isCosigner, parseVkey, type Vkey } from "@countersign/tlog/vkey";
import type { Check } from "../check.ts";
import {
  array,
  boolean,
  closed,
  type Decoder,
  dateTime,
  digest,
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
import { keyidOf, type PublicKey, publicKey } from "../key.ts";
import { ownersOf } from "../quorum.ts";
import { keyTable as plainKeyTable } from "../tuf/key-table.ts";
import { specVersion } from "../tuf/meta.ts";
import { type Root as PlainRoot, rootChecks as plainRootChecks, type RoleKeys, type RootSubject, topAuthority } from "../tuf/root.ts";
import { type OwnerOf, ownerQuorum } from "./role.ts";

export { newestRootChecks, type RoleKeys, type RootSubject, type TopRole, topAuthority } from "../tuf/root.ts";

/** What Countersign adds to a root: what the policy must not be able to change about itself. Stock clients ignore it. */
export interface RootExtension {
  /** Owner of each root, targets, snapshot and timestamp key, by key identifier. */
  readonly owners: Readonly<Record<string, string>>;
  readonly log: { readonly origin: string; readonly vkey: Vkey };
  readonly witnesses: readonly Vkey[];
  /** How many witnesses must have cosigned a checkpoint; at least two, so that one of them cannot lie about time alone. */
  readonly witnessQuorum: number;
  /** Logs that were followed before and are over: entries in them count as before, up to their last tree. */
  readonly formerLogs?: readonly FormerLog[] | undefined;
}

/** A log that is over, with those who had to cosign it. */
export interface FormerLog {
  readonly origin: string;
  readonly vkey: Vkey;
  readonly witnesses: readonly Vkey[];
  readonly witnessQuorum: number;
  /** Its last tree, pinned: its old key extends nothing. */
  readonly final: { readonly size: number; readonly root: Uint8Array };
}

/** A root of a repository of ours: a TUF root with an extension, consistent snapshots, and keys under their own digests. */
export interface Root extends PlainRoot {
  readonly consistent_snapshot: true;
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly countersign: RootExtension;
}

export const vkey: Decoder<Vkey> = (value, at) => {
  const parsed = parseVkey(text(value, at));
  if (!parsed.ok) throw new Malformed(at, parsed.refusal.expected, value);
  return parsed.value;
};

const keysById = plainKeyTable(publicKey);

/** Keys under their own identifiers: a key that calls itself by another's name is refused. */
export const keyTable: Decoder<Readonly<Record<string, PublicKey>>> = (value, at) => {
  const keys = keysById(value, at);
  for (const [keyid, key] of Object.entries(keys))
    if (keyidOf(key) !== keyid) throw new Malformed(`${at}.${keyid}`, "the identifier that is the key's own digest", keyid);
  return keys;
};

/** Stricter than TUF: a quorum that could never be filled is refused when it is written down. */
export const roleKeys: Decoder<RoleKeys> = (value, at) => {
  const keys = open<RoleKeys>({ keyids: distinct(text, 1), threshold: integer(1, 100) })(value, at);
  if (keys.threshold > keys.keyids.length) throw new Malformed(at, `a threshold that ${keys.keyids.length} keys can meet`, keys.threshold);
  return keys;
};

/** Witnesses that can fill their quorum, each under a name and with a key of its own that is not the log's. */
function checkWitnesses(log: Vkey, { witnesses, witnessQuorum }: Pick<RootExtension, "witnesses" | "witnessQuorum">, at: string): void {
  if (witnessQuorum > witnesses.length) throw new Malformed(`${at}.witnessQuorum`, `at most ${witnesses.length}`, witnessQuorum);
  if (isCosigner(log) || !witnesses.every(isCosigner))
    throw new Malformed(at, "a log key of type 1 and witness keys of type 4 or 6", "another type");
  if (!areDistinct([log, ...witnesses].map(publicHex)))
    throw new Malformed(`${at}.witnesses`, "a key of its own for the log and each witness", "one key twice");
  if (!areDistinct(witnesses.map(({ name }) => name)))
    throw new Malformed(`${at}.witnesses`, "one key for each witness: two kinds of key are not two witnesses", "one name twice");
}

const publicHex = ({ publicKey }: Vkey): string => Buffer.from(publicKey).toString("hex");

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

const rootHash: Decoder<Uint8Array> = (value, at) => Buffer.from(digest(value, at), "hex");

const formerLog: Decoder<FormerLog> = (value, at) => {
  const read = closed<FormerLog>({
    origin: text,
    vkey,
    witnesses: array(vkey, 2, 32),
    witnessQuorum: integer(2, 32),
    final: closed({ size: integer(1), root: rootHash }),
  })(value, at);
  checkWitnesses(read.vkey, read, at);
  return read;
};

const extension: Decoder<RootExtension> = (value, at) => {
  const read = closed<RootExtension>({
    owners: record(text, name),
    log: closed({ origin: text, vkey }),
    witnesses: array(vkey, 2, 32),
    witnessQuorum: integer(2, 32),
    formerLogs: optional(array(formerLog, 1, 16)),
  })(value, at);
  checkWitnesses(read.log.vkey, read, at);
  const logs = [read.log, ...(read.formerLogs ?? [])];
  if (!areDistinct(logs.map(({ origin }) => origin)) || !areDistinct([...logs.map((log) => log.vkey), ...read.witnesses].map(publicHex)))
    throw new Malformed(
      `${at}.formerLogs`,
      "an origin for each log, and a key that neither another nor a witness has",
      "one of them twice",
    );
  return read;
};

export const root: Decoder<Root> = (value, at) => {
  const read = open<Root>({
    _type: literal("root"),
    spec_version: specVersion,
    version: integer(1),
    expires: dateTime,
    consistent_snapshot: (flag, where) => {
      if (!boolean(flag, where)) throw new Malformed(where, "true", flag);
      return true;
    },
    keys: keyTable,
    roles: open({ root: roleKeys, timestamp: roleKeys, snapshot: roleKeys, targets: roleKeys }),
    countersign: extension,
  })(value, at);
  for (const [role, { keyids, threshold }] of Object.entries(read.roles)) {
    const stranger = keyids.find((keyid) => read.keys[keyid] === undefined);
    if (stranger !== undefined) throw new Malformed(`roles.${role}`, "key identifiers that are among the keys", stranger);
    const owners = ownersOf(keyids, ownersIn(read));
    if (owners.length < threshold) throw new Malformed(`roles.${role}`, `a threshold that its ${owners.length} owners can meet`, threshold);
  }
  return read;
};

/** Who is behind a key of a top-level role. */
export function ownersIn(root: Root): OwnerOf {
  return (keyid) => root.countersign.owners[keyid];
}

/** TUF 5.3.4 and 5.3.5, and both thresholds are of owners. */
export const rootChecks: readonly Check<RootSubject<Root>>[] = [
  ...plainRootChecks,
  {
    name: "root/owners-of-the-old",
    source: "quorums count owners, not keys",
    examine: ({ candidate, trusted }) => ownerQuorum(candidate, topAuthority(trusted, "root"), ownersIn(trusted)),
  },
  {
    name: "root/owners-of-its-own",
    source: "quorums count owners, not keys",
    examine: ({ candidate }) => ownerQuorum(candidate, topAuthority(candidate.signed, "root"), ownersIn(candidate.signed)),
  },
];
