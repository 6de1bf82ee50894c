// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from "@countersign/trust/anchor/timestamp";
import { metaFileOf, type WrittenFile } from "./next-snapshot.ts";
import { SPEC_VERSION } from "./spec-version.ts";

/** The timestamp that follows `previous`: it names this snapshot, and carries a cosigned checkpoint (the note) that dates it. */
export function nextTimestamp(previous: Timestamp | undefined, snapshot: WrittenFile, checkpoint: string, expires: string): Timestamp {
  return {
    _type: "timestamp",
    spec_version: SPEC_VERSION,
    version: (previous?.version ?? 0) + 1,
    expires,
    meta: { "snapshot.json": metaFileOf(snapshot) },
    countersign: { checkpoint },
  };
}
