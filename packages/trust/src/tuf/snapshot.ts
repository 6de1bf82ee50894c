// SPDX-License-Identifier: Apache-2.0
import type { Check } from "../check.ts";
import { decide } from "../check.ts";
import { type Decoder, dateTime, integer, literal, matching, open, record } from "../decode.ts";
import { type MetaFile, metaFile, specVersion } from "./meta.ts";
import { type RoleFields, type RoleSubject, roleChecks } from "./role.ts";

/** `snapshot.json` (TUF 4.4). */
export interface Snapshot extends RoleFields {
  readonly _type: "snapshot";
  readonly spec_version: string;
  readonly meta: Readonly<Record<string, MetaFile>>;
}

export const snapshot: Decoder<Snapshot> = open<Snapshot>({
  _type: literal("snapshot"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  meta: record(matching(/^[A-Za-z0-9][A-Za-z0-9._-]*\.json$/, "a file name of a targets role"), metaFile),
});

/** TUF 5.5: no role that was listed may go back or disappear. */
export const snapshotChecks: readonly Check<RoleSubject<Snapshot>>[] = [
  ...roleChecks<Snapshot>("snapshot", "5.5"),
  {
    name: "snapshot/roles-versions",
    source: "TUF 5.5.5, rollback",
    examine: ({ candidate, stored }) => {
      const regressed = Object.entries(stored?.meta ?? {}).find(
        ([file, { version }]) => (candidate.signed.meta[file]?.version ?? 0) < version,
      );
      return decide(
        regressed === undefined,
        "every role listed before, at its version or later",
        regressed === undefined
          ? `${Object.keys(candidate.signed.meta).length} roles`
          : `${regressed[0]} at ${candidate.signed.meta[regressed[0]]?.version ?? "no version"}, was ${regressed[1].version}`,
        "version-rolled-back",
        "An older repository is being replayed; use another mirror.",
      );
    },
  },
];
