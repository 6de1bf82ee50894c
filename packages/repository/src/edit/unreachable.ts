// SPDX-License-Identifier: Apache-2.0
import type { Hashes } from "@countersign/trust/tuf/meta";
import { metadataPath, targetPaths } from "@countersign/trust/tuf/metadata-path";
import { fieldOf, versionOf } from "./message.ts";
import type { Edition } from "./publication.ts";

/** What a sweep knows: since when each file has been reachable no more, Unix milliseconds. Keep it from one sweep to the next. */
export type Marks = ReadonlyMap<string, number>;

export interface Sweep {
  readonly marks: Marks;
  /** What may be deleted now. */
  readonly remove: readonly string[];
}

/**
 * Every metadata file that a client can still be led to: all roots, which the oldest client walks; the timestamp; the snapshot that it names; every role
 * that this one lists. Names are those below the metadata URL; as written and as encoded in it, since a store may keep either.
 */
export function reachableMetadata({ root, snapshot, timestamp }: Edition): ReadonlySet<string> {
  const names = new Set(["timestamp.json"]);
  for (let version = 1; version <= versionOf(root); version++) names.add(`${version}.root.json`);
  const current = fieldOf(timestamp ?? root, "meta", "snapshot.json", "version");
  if (current !== undefined) names.add(`${current}.snapshot.json`);
  const meta = (snapshot === undefined ? {} : (fieldOf(snapshot, "meta") ?? {})) as Readonly<Record<string, { readonly version: number }>>;
  for (const [file, { version }] of Object.entries(meta))
    names.add(`${version}.${file}`).add(metadataPath(file.slice(0, -".json".length), version));
  return names;
}

/** Where the targets of one role are kept under consistent snapshots, below the targets URL and in both spellings: once for each digest (TUF 6.2). */
export function reachableTargets(role: Uint8Array): readonly string[] {
  const targets = (fieldOf(role, "targets") ?? {}) as unknown as Readonly<Record<string, { readonly hashes: Hashes }>>;
  return Object.entries(targets).flatMap(([path, { hashes }]) => {
    const name = path.lastIndexOf("/") + 1;
    const written = Object.values(hashes).map((digest) => `${path.slice(0, name)}${digest}.${path.slice(name)}`);
    return [...new Set([...written, ...targetPaths(path, hashes, true)])];
  });
}

/**
 * Marks what is stored and reachable no more, and names what has been so for longer than the grace: a client that began before a publication still reads
 * the files of its own. What becomes reachable again loses its mark. Files that are not named like versions of a role or like targets by digest are nobody's
 * to delete.
 */
export function sweep(
  stored: Iterable<string>,
  reachable: ReadonlySet<string>,
  marks: Marks,
  now: number,
  graceMilliseconds: number,
): Sweep {
  const next = new Map<string, number>();
  const remove: string[] = [];
  for (const name of stored) {
    if (reachable.has(name) || !isVersioned(name)) continue;
    const since = marks.get(name) ?? now;
    if (now - since >= graceMilliseconds && marks.has(name)) remove.push(name);
    else next.set(name, since);
  }
  return { marks: next, remove };
}

/** `7.stable.json`, `a/b/<digest>.name`; never a root, whatever version it says. */
function isVersioned(name: string): boolean {
  const file = name.slice(name.lastIndexOf("/") + 1);
  return !/^\d+\.root\.json$/.test(file) && /^(?:\d+|[0-9a-f]{64}|[0-9a-f]{128})\../.test(file);
}
