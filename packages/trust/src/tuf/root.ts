// SPDX-License-Identifier: Apache-2.0
import { parseVkey, type Vkey } from "@countersign/tlog/vkey";
import { type Check, decide } from "../check.ts";
import {
  array,
  boolean,
  closed,
  type Decoder,
  dateTime,
  distinct,
  integer,
  literal,
  Malformed,
  name,
  open,
  record,
  text,
} from "../decode.ts";
import type { Envelope } from "../envelope.ts";
import { keyidOf, type PublicKey, publicKey } from "../key.ts";
import { type Authority, ownersOf, signersOf } from "../quorum.ts";
import { specVersion } from "./meta.ts";
import type { RoleFields } from "./role.ts";

/** The four top-level roles (TUF 2.1). */
export type TopRole = "root" | "timestamp" | "snapshot" | "targets";

export interface RoleKeys {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

/** What Countersign adds to a root: what the policy must not be able to change about itself. Stock clients ignore it. */
export interface RootExtension {
  /** Owner of each root, targets, snapshot and timestamp key, by key identifier. */
  readonly owners: Readonly<Record<string, string>>;
  readonly log: { readonly origin: string; readonly vkey: Vkey };
  readonly witnesses: readonly Vkey[];
  /** How many witnesses must have cosigned a checkpoint; at least two, so that one of them cannot lie about time alone. */
  readonly witnessQuorum: number;
}

/** `root.json` (TUF 4.3). */
export interface Root extends RoleFields {
  readonly _type: "root";
  readonly spec_version: string;
  readonly consistent_snapshot: true;
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly roles: Readonly<Record<TopRole, RoleKeys>>;
  readonly countersign: RootExtension;
}

export const vkey: Decoder<Vkey> = (value, at) => {
  const parsed = parseVkey(text(value, at));
  if (!parsed.ok) throw new Malformed(at, parsed.refusal.expected, value);
  return parsed.value;
};

/** Keys under their own identifiers: a key that calls itself by another's name is refused. */
export const keyTable: Decoder<Readonly<Record<string, PublicKey>>> = (value, at) => {
  const keys = record(text, publicKey)(value, at);
  for (const [keyid, key] of Object.entries(keys))
    if (keyidOf(key) !== keyid) throw new Malformed(`${at}.${keyid}`, "the identifier that is the key's own digest", keyid);
  return keys;
};

export const roleKeys: Decoder<RoleKeys> = (value, at) => {
  const keys = open<RoleKeys>({ keyids: distinct(text, 1), threshold: integer(1, 100) })(value, at);
  if (keys.threshold > keys.keyids.length) throw new Malformed(at, `a threshold that ${keys.keyids.length} keys can meet`, keys.threshold);
  return keys;
};

const extension: Decoder<RootExtension> = (value, at) => {
  const read = closed<RootExtension>({
    owners: record(text, name),
    log: closed({ origin: text, vkey }),
    witnesses: array(vkey, 2, 32),
    witnessQuorum: integer(2, 32),
  })(value, at);
  if (read.witnessQuorum > read.witnesses.length)
    throw new Malformed(`${at}.witnessQuorum`, `at most ${read.witnesses.length}`, read.witnessQuorum);
  if (read.log.vkey.type !== 1 || read.witnesses.some((witness) => witness.type !== 4))
    throw new Malformed(at, "a log key of type 1 and witness keys of type 4", "another type");
  const keys = [read.log.vkey, ...read.witnesses].map((each) => Buffer.from(each.publicKey).toString("hex"));
  if (new Set(keys).size !== keys.length)
    throw new Malformed(`${at}.witnesses`, "a key of its own for the log and each witness", "one key twice");
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
    const owners = ownersOf(keyids, (keyid) => read.countersign.owners[keyid]);
    if (owners.length < threshold) throw new Malformed(`roles.${role}`, `a threshold that its ${owners.length} owners can meet`, threshold);
  }
  return read;
};

export function topAuthority(root: Root, role: TopRole): Authority {
  return { keys: root.keys, ...root.roles[role] };
}

/** A successor under judgement: root N + 1 must satisfy root N and itself (TUF 5.3.4 to 5.3.5). */
export interface RootSubject {
  readonly candidate: Envelope<Root>;
  readonly trusted: Root;
}

export const rootChecks: readonly Check<RootSubject>[] = [
  {
    name: "root/signatures-of-the-old",
    source: "TUF 5.3.4",
    examine: ({ candidate, trusted }) => quorum(candidate, trusted, "the root before"),
  },
  {
    name: "root/signatures-of-its-own",
    source: "TUF 5.3.4",
    examine: ({ candidate }) => quorum(candidate, candidate.signed, "this root itself"),
  },
  {
    name: "root/version",
    source: "TUF 5.3.5",
    examine: ({ candidate, trusted }) =>
      decide(
        candidate.signed.version === trusted.version + 1,
        `version ${trusted.version + 1}`,
        `version ${candidate.signed.version}`,
        "root-version-skipped",
        "Roots follow one another without a gap; use another mirror.",
      ),
  },
];

function quorum(candidate: Envelope<Root>, judgeRoot: Root, whose: string): ReturnType<Check<RootSubject>["examine"]> {
  const authority = topAuthority(judgeRoot, "root");
  const signers = signersOf(candidate, authority);
  const owners = ownersOf(signers, (keyid) => judgeRoot.countersign.owners[keyid]);
  return decide(
    signers.length >= authority.threshold && owners.length >= authority.threshold,
    `${authority.threshold} root keys of different owners, by ${whose}`,
    `${signers.length} keys (${owners.join(", ") || "nobody"})`,
    "threshold-not-met",
    "This root was not agreed on by those who may change it; use another mirror and tell the publisher.",
  );
}
