// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { fieldOf } from "./message.ts";
import type { Change } from "./splice.ts";

/** Who signs for what (TUF 4.5): paths as patterns, or the beginnings of the hashes of paths, in lower-case hex. */
export type NewDelegation = {
  readonly name: string;
  readonly keys: readonly PublicKey[];
  readonly threshold: number;
  readonly terminating: boolean;
} & ({ readonly paths: readonly string[] } | { readonly pathHashPrefixes: readonly string[] });

/** 2^bitLength roles of one quorum, named `<namePrefix>-<bin in hex>`, between which the hash of a path decides (TAP 15). */
export interface NewBins {
  readonly namePrefix: string;
  readonly bitLength: number;
  readonly keys: readonly PublicKey[];
  readonly threshold: number;
}

/** A delegated role or the bins, as a document has it: with fields of which nothing is known here. */
interface Written {
  readonly name?: string;
  readonly keyids: readonly string[];
  readonly [field: string]: Json | undefined;
}

/**
 * Delegates to a role, or delegates to it anew: a role of that name stays where it is in the order, which is the order of priority, and what else is
 * said of it stays said. A new one comes last, or before the role `before`. Replaces bins, since a role has the one or the other.
 */
export function delegate(targets: Uint8Array, delegation: NewDelegation, before?: string): readonly Change[] {
  const { name, keys, threshold, terminating } = delegation;
  const scope =
    "paths" in delegation
      ? { paths: delegation.paths, path_hash_prefixes: undefined }
      : { paths: undefined, path_hash_prefixes: delegation.pathHashPrefixes };
  const roles = rolesOf(targets);
  const known = roles.find((role) => role.name === name);
  const written: Written = { ...known, name, keyids: keys.map(keyidOf), threshold, terminating, ...scope };
  const place = roles.findIndex((role) => role.name === before);
  const next =
    known !== undefined
      ? roles.map((role) => (role === known ? written : role))
      : roles.toSpliced(place < 0 ? roles.length : place, 0, written);
  return delegations(targets, next, undefined, keys);
}

/** Delegates to a role no longer. The snapshot goes on listing its file: clients refuse a snapshot from which a role is gone (TUF 5.5.5). */
export function undelegate(targets: Uint8Array, name: string): readonly Change[] {
  const roles = rolesOf(targets);
  const left = roles.filter((role) => role.name !== name);
  return left.length === roles.length ? [] : delegations(targets, left, undefined, []);
}

/** Delegates everything to bins, in the place of any roles. */
export function delegateBins(targets: Uint8Array, { namePrefix, bitLength, keys, threshold }: NewBins): readonly Change[] {
  const known = fieldOf(targets, "delegations", "succinct_roles") as Written | undefined;
  const bins: Written = { ...known, keyids: keys.map(keyidOf), threshold, bit_length: bitLength, name_prefix: namePrefix };
  return delegations(targets, undefined, bins, keys);
}

/** Puts a key in the place of another, in every role that has that one. The files of these roles must be signed by what the role is then. */
export function replaceDelegatedKey(targets: Uint8Array, keyid: string, by: PublicKey): readonly Change[] {
  const replaced = (role: Written): Written => ({
    ...role,
    keyids: [...new Set(role.keyids.map((each) => (each === keyid ? keyidOf(by) : each)))],
  });
  const bins = fieldOf(targets, "delegations", "succinct_roles") as Written | undefined;
  return bins === undefined
    ? delegations(targets, rolesOf(targets).map(replaced), undefined, [by])
    : delegations(targets, undefined, replaced(bins), [by]);
}

function rolesOf(targets: Uint8Array): readonly Written[] {
  return (fieldOf(targets, "delegations", "roles") ?? []) as unknown as readonly Written[];
}

/** Keys that no role uses any more leave with it. */
function delegations(
  targets: Uint8Array,
  roles: readonly Written[] | undefined,
  bins: Written | undefined,
  added: readonly PublicKey[],
): readonly Change[] {
  const used = new Set([...(roles ?? []), ...(bins === undefined ? [] : [bins])].flatMap(({ keyids }) => keyids));
  const known = Object.keys((fieldOf(targets, "delegations", "keys") ?? {}) as Readonly<Record<string, Json>>);
  const unused = known.filter((keyid) => !used.has(keyid));
  return [
    ...unused.map((keyid): Change => ({ path: ["delegations", "keys", keyid], value: undefined })),
    ...added
      .filter((key) => used.has(keyidOf(key)))
      .map((key): Change => ({ path: ["delegations", "keys", keyidOf(key)], value: key as unknown as Json })),
    { path: ["delegations", "roles"], value: roles as unknown as Json },
    { path: ["delegations", "succinct_roles"], value: bins as unknown as Json },
  ];
}
