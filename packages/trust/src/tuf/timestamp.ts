// SPDX-License-Identifier: Apache-2.0
import type { Check } from "../check.ts";
import { decide } from "../check.ts";
import { closed, type Decoder, dateTime, integer, literal, open, text } from "../decode.ts";
import { type MetaFile, metaFile, specVersion } from "./meta.ts";
import { type RoleFields, type RoleSubject, roleChecks } from "./role.ts";

/** `timestamp.json` (TUF 4.6). Ours carries the newest cosigned checkpoint: it dates the repository by witnessed time. */
export interface Timestamp extends RoleFields {
  readonly _type: "timestamp";
  readonly spec_version: string;
  readonly meta: { readonly "snapshot.json": MetaFile };
  readonly countersign: { readonly checkpoint: string };
}

export const timestamp: Decoder<Timestamp> = open<Timestamp>({
  _type: literal("timestamp"),
  spec_version: specVersion,
  version: integer(1),
  expires: dateTime,
  meta: open({ "snapshot.json": metaFile }),
  countersign: closed({ checkpoint: text }),
});

/** TUF 5.4: on top of what every role obeys, the snapshot that it names never goes back. */
export const timestampChecks: readonly Check<RoleSubject<Timestamp>>[] = [
  ...roleChecks<Timestamp>("timestamp", "5.4"),
  {
    name: "timestamp/snapshot-version",
    source: "TUF 5.4.3.2, rollback",
    examine: ({ candidate, stored }) => {
      const before = stored?.meta["snapshot.json"].version ?? 1;
      const after = candidate.signed.meta["snapshot.json"].version;
      return decide(
        after >= before,
        `snapshot ${before} or later`,
        `snapshot ${after}`,
        "version-rolled-back",
        "An older repository is being replayed; use another mirror.",
      );
    },
  },
];
