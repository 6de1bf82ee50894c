// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { metadataPath } from "@countersign/trust/tuf/metadata-path";
import { metaFileOf, type WrittenFile } from "../next-snapshot.ts";
import { type SigningKey, signMessage } from "../sign-document.ts";
import { firstSnapshot, firstTimestamp } from "./first.ts";
import { fieldOf, fileOf, versionOf } from "./message.ts";
import { revise } from "./revise.ts";
import { type Change, splice } from "./splice.ts";

/** Where a repository stands: the messages that a change starts from. Roles are read when they are edited, and no others. */
export interface Edition {
  readonly root: Uint8Array;
  /** Undefined before the first publication. */
  readonly snapshot: Uint8Array | undefined;
  readonly timestamp: Uint8Array | undefined;
}

/** The keys at hand that sign for a role. For a root that replaces root keys these are the old ones and the new ones (TUF 6.1). */
export type KeysOf = (role: string) => readonly SigningKey[];

export interface Terms {
  readonly keysOf: KeysOf;
  /** Until when the snapshot and the timestamp are good, as TUF writes dates. */
  readonly expires: { readonly snapshot: string; readonly timestamp: string };
  /**
   * What the snapshot says of a role beside its version: its digest and length, which bind a mirror to one file, or nothing, which makes a snapshot of
   * thousands of bins a fifth as long and leaves that to the signatures (TUF 4.4).
   */
  readonly listing?: "digests" | "versions";
}

export interface Publication {
  /** What is to be written, in this order: names below the metadata URL, and bytes. The timestamp is last; what came before is invisible without it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly edition: Edition;
}

/**
 * Signs these messages, by role name, and what has to follow: a snapshot that lists them and a timestamp that lists that. Messages are revised already;
 * each is signed once and no other role is read or written. The caller answers for quorums: nothing here judges whether `keysOf` has enough of them. A version
 * that does not follow the listed one would be refused by every client (TUF 5.5.5): to ask for it is a bug, and throws.
 */
export async function publication(edition: Edition, changed: ReadonlyMap<string, Uint8Array>, terms: Terms): Promise<Publication> {
  const { keysOf, expires, listing = "digests" } = terms;
  const root = changed.get("root") ?? edition.root;
  const consistent = fieldOf(root, "consistent_snapshot") === true;
  const files = new Map<string, Uint8Array>();
  const write = async (role: string, message: Uint8Array, numbered: boolean): Promise<WrittenFile> => {
    const version = versionOf(message);
    const bytes = fileOf(message, await signMessage(message, keysOf(role)));
    files.set(metadataPath(role, numbered ? version : undefined), bytes);
    return { version, bytes };
  };

  if (changed.has("root")) await write("root", root, true);
  const listed: Change[] = [];
  const before = listedVersions(edition.snapshot, changed.size);
  for (const [role, message] of changed) {
    if (role === "root") continue;
    if (versionOf(message) <= before(role))
      throw new RangeError(`version ${versionOf(message)} of ${role} does not follow ${before(role)}`);
    const written = metaFileOf(await write(role, message, consistent));
    const value = (listing === "digests" ? written : { version: written.version }) as unknown as Json;
    listed.push({ path: ["meta", `${role}.json`], value });
  }
  const snapshot =
    edition.snapshot === undefined ? splice(firstSnapshot(expires.snapshot), listed) : revise(edition.snapshot, expires.snapshot, listed);
  const lists: Change = {
    path: ["meta", "snapshot.json"],
    value: metaFileOf(await write("snapshot", snapshot, consistent)) as unknown as Json,
  };
  const timestamp =
    edition.timestamp === undefined
      ? splice(firstTimestamp(expires.timestamp), [lists])
      : revise(edition.timestamp, expires.timestamp, [lists]);
  await write("timestamp", timestamp, false);
  return { files, edition: { root, snapshot, timestamp } };
}

/** Looks up some versions one by one, and decodes them all where there are many. */
function listedVersions(snapshot: Uint8Array | undefined, count: number): (role: string) => number {
  if (snapshot === undefined) return () => 0;
  if (count <= 16) return (role) => Number(fieldOf(snapshot, "meta", `${role}.json`, "version") ?? 0);
  const meta = (fieldOf(snapshot, "meta") ?? {}) as Readonly<Record<string, { readonly version: number }>>;
  return (role) => meta[`${role}.json`]?.version ?? 0;
}

/** A new timestamp for the same snapshot: what a repository in which nothing happens needs, and one file. */
export async function freshTimestamp(edition: Edition, { keysOf, expires }: Terms): Promise<Publication> {
  if (edition.timestamp === undefined) throw new TypeError("a repository that was never published has no timestamp to renew");
  const timestamp = revise(edition.timestamp, expires.timestamp);
  const bytes = fileOf(timestamp, await signMessage(timestamp, keysOf("timestamp")));
  return { files: new Map([["timestamp.json", bytes]]), edition: { ...edition, timestamp } };
}
