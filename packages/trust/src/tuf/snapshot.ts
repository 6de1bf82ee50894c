// SPDX-License-Identifier: Apache-2.0
import { type Check, decide, type Evidence } from "../check.ts";
import { type Decoder, dateTime, integer, literal, matching, open, table } from "../decode.ts";
import { accept, type Outcome } from "../refusal.ts";
import type { Table } from "../table.ts";
import { type MetaFile, metaFile, specVersion } from "./meta.ts";
import { expiry, listed, type RoleFields, type RoleSubject, signatures } from "./role.ts";

/** `snapshot.json` (TUF 4.4). */
export interface Snapshot extends RoleFields {
  readonly _type: "snapshot";
  readonly spec_version: string;
  /** By file name: `targets.json`, and one for each delegated role. */
  readonly meta: Table<MetaFile>;
}

/** A snapshot as it is written. */
export interface SnapshotDocument extends Omit<Snapshot, "meta"> {
  readonly meta: Readonly<Record<string, MetaFile>>;
}

export const snapshot: Decoder<Snapshot> = open<Snapshot>({
  _type: literal("snapshot"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  meta: table(matching(/\.json$/, "the file name of a targets role"), metaFile),
});

/** Decodes every entry of a snapshot that was read. */
export function snapshotDocumentOf(snapshot: Snapshot): Outcome<SnapshotDocument> {
  const entries = snapshot.meta.entries();
  return entries.ok ? accept({ ...snapshot, meta: Object.fromEntries(entries.value) }) : entries;
}

const rolesVersions: Check<Pick<RoleSubject<Snapshot>, "candidate" | "stored">> = {
  name: "snapshot/roles-versions",
  source: "TUF 5.5.5, rollback",
  examine: ({ candidate, stored }) => notOlder(candidate.signed.meta, stored?.signed.meta),
};

/** No role that was listed may go back or disappear. */
function notOlder(meta: Table<MetaFile>, before: Table<MetaFile> | undefined): Outcome<Evidence> {
  const expected = "every role listed before, at its version or later";
  for (const file of before ? meta.changedFrom(before) : []) {
    const old = before?.get(file);
    if (old?.ok !== true || old.value === undefined) continue; // malformed, so it was never used: nothing can be older than it
    const now = meta.get(file);
    if (!now.ok) return now;
    if (now.value === undefined || now.value.version < old.value.version)
      return decide(
        false,
        expected,
        `${file} at ${now.value?.version ?? "no version"}, was ${old.value.version}`,
        "version-rolled-back",
        "An older repository is being replayed; use another mirror.",
      );
  }
  return accept({ expected, found: `${meta.size} roles` });
}

/** TUF 5.5. */
export const snapshotChecks: readonly Check<RoleSubject<Snapshot>>[] = [
  listed("snapshot", "5.5.2 and 5.5.4"),
  signatures("snapshot", "5.5.3"),
  rolesVersions,
  expiry("snapshot", "5.5.6"),
];
