// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { fieldOf } from "./message.ts";
import type { Change } from "./splice.ts";

/** A key of a top-level role; in our own roots somebody answers for each. */
export interface TopKey {
  readonly key: PublicKey;
  readonly owner?: string;
}

interface Role {
  readonly keyids: readonly string[];
  readonly threshold: number;
}

/** Gives a top-level role these keys and this threshold, whatever it had (TUF 4.3). Keys that no role uses any more leave the root. */
export function setTopRole(root: Uint8Array, role: string, keys: readonly TopKey[], threshold: number): readonly Change[] {
  const roles = { ...rolesOf(root), [role]: { keyids: keys.map(({ key }) => keyidOf(key)), threshold } };
  return [...roleChanges(roles, [role]), ...keyChanges(root, roles, keys)];
}

/** Puts a key in the place of another, in every role that has that one. The root that follows is signed with both, where it is a root key (TUF 6.1). */
export function replaceTopKey(root: Uint8Array, keyid: string, by: TopKey): readonly Change[] {
  const before = rolesOf(root);
  const changed = Object.keys(before).filter((role) => before[role]?.keyids.includes(keyid));
  const roles = Object.fromEntries(
    Object.entries(before).map(([role, { keyids, threshold }]) => [
      role,
      { keyids: [...new Set(keyids.map((each) => (each === keyid ? keyidOf(by.key) : each)))], threshold },
    ]),
  );
  return [...roleChanges(roles, changed), ...keyChanges(root, roles, [by])];
}

function rolesOf(root: Uint8Array): Readonly<Record<string, Role>> {
  return fieldOf(root, "roles") as unknown as Readonly<Record<string, Role>>;
}

/** Member by member, so that what else a role says stays. */
function roleChanges(roles: Readonly<Record<string, Role>>, changed: readonly string[]): readonly Change[] {
  return changed.flatMap((role): readonly Change[] => [
    { path: ["roles", role, "keyids"], value: roles[role]?.keyids ?? [] },
    { path: ["roles", role, "threshold"], value: roles[role]?.threshold ?? 1 },
  ]);
}

function keyChanges(root: Uint8Array, roles: Readonly<Record<string, Role>>, offered: readonly TopKey[]): readonly Change[] {
  const used = new Set(Object.values(roles).flatMap(({ keyids }) => keyids));
  const added = offered.filter(({ key }) => used.has(keyidOf(key)));
  const unused = Object.keys((fieldOf(root, "keys") ?? {}) as Readonly<Record<string, Json>>).filter((keyid) => !used.has(keyid));
  const owned = fieldOf(root, "countersign", "owners") !== undefined;
  return [
    ...unused.map((keyid): Change => ({ path: ["keys", keyid], value: undefined })),
    ...(owned ? unused.map((keyid): Change => ({ path: ["countersign", "owners", keyid], value: undefined })) : []),
    ...added.map(({ key }): Change => ({ path: ["keys", keyidOf(key)], value: key as unknown as Json })),
    ...added.flatMap(({ key, owner }): readonly Change[] =>
      owner === undefined ? [] : [{ path: ["countersign", "owners", keyidOf(key)], value: owner }],
    ),
  ];
}
