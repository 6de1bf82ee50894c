// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "../check.ts";
import { boolean, type Decoder, dateTime, distinct, integer, literal, open, text } from "../decode.ts";
import type { Envelope } from "../envelope.ts";
import { foreignKey, type PublicKey, type UnusableKey } from "../key.ts";
import type { Authority } from "../quorum.ts";
import { keyTable } from "./key-table.ts";
import { specVersion } from "./meta.ts";
import { expiry, quorum, type RoleFields, type RoleSubject } from "./role.ts";

/** The four top-level roles (TUF 2.1). */
export type TopRole = "root" | "timestamp" | "snapshot" | "targets";

export interface RoleKeys {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

/** `root.json` (TUF 4.3). */
export interface Root extends RoleFields {
  readonly _type: "root";
  readonly spec_version: string;
  /** Whether file names carry a version or hash (TUF 6.2); false where the document does not say. */
  readonly consistent_snapshot: boolean;
  readonly keys: Readonly<Record<string, PublicKey | UnusableKey>>;
  readonly roles: Readonly<Record<TopRole, RoleKeys>>;
}

/**
 * A threshold that no keys can meet is no malformed document: it locks its role until a later root opens it, and roots must stay
 * followable until then.
 */
export const roleKeys: Decoder<RoleKeys> = open<RoleKeys>({ keyids: distinct(text), threshold: integer(1) });

export const root: Decoder<Root> = open<Root>({
  _type: literal("root"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  consistent_snapshot: (flag, at) => flag !== undefined && boolean(flag, at),
  keys: keyTable(foreignKey),
  roles: open({ root: roleKeys, timestamp: roleKeys, snapshot: roleKeys, targets: roleKeys }),
});

/** One object for each role of each root: who signed what is remembered by it. */
const authorities = new WeakMap<RoleKeys, Authority>();

/** The keys of a top-level role. */
export function topAuthority({ keys, roles }: Root, role: TopRole): Authority {
  const authority = authorities.get(roles[role]) ?? { keys, ...roles[role] };
  authorities.set(roles[role], authority);
  return authority;
}

/** A successor under judgement: root N + 1 must satisfy root N and itself. */
export interface RootSubject<R extends Root = Root> {
  readonly candidate: Envelope<R>;
  readonly trusted: R;
}

export const rootChecks: readonly Check<RootSubject>[] = [
  {
    name: "root/signatures-of-the-old",
    source: "TUF 5.3.4, arbitrary software attack",
    examine: ({ candidate, trusted }) => quorum(candidate, topAuthority(trusted, "root")),
  },
  {
    name: "root/signatures-of-its-own",
    source: "TUF 5.3.4, arbitrary software attack",
    examine: ({ candidate }) => quorum(candidate, topAuthority(candidate.signed, "root")),
  },
  {
    name: "root/version",
    source: "TUF 5.3.5, rollback",
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

/** The newest root that can be had: it alone must not have expired. */
export const newestRootChecks: readonly Check<Pick<RoleSubject<Root>, "candidate" | "now">>[] = [expiry("root", "5.3.10")];
