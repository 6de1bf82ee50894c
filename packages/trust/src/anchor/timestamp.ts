// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, dateTime, integer, literal, open, text } from "../decode.ts";
import { metaFile, specVersion } from "../tuf/meta.ts";
import { type Timestamp as PlainTimestamp, timestampChecks as plainTimestampChecks, type TimestampRules } from "../tuf/timestamp.ts";
import { type OwnedSubject, owners } from "./role.ts";

/** A timestamp of a repository of ours carries the newest cosigned checkpoint: it dates the repository by witnessed time. */
export interface Timestamp extends PlainTimestamp {
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

/** TUF 5.4, by different owners. */
export const timestampChecks: TimestampRules<OwnedSubject<Timestamp>> = {
  authentic: [...plainTimestampChecks.authentic, owners("timestamp")],
  current: plainTimestampChecks.current,
};
