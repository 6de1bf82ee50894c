// SPDX-License-Identifier: Apache-2.0
import type { ReleaseFile } from "@countersign/drift/facts/file-facts";
import type { Circumstances } from "@countersign/drift/pair";

/** Files by path: their text or bytes; or with a mode of their own. */
export type Files = Readonly<Record<string, string | Uint8Array | Pick<ReleaseFile, "bytes" | "mode">>>;

export interface SyntheticRelease extends Circumstances {
  readonly version: string;
  readonly files: Files;
}

/**
 * A known incident, replayed with files that show what its write-ups tell and do nothing: never a real sample. Where no release was made, there is no pair, and
 * only `stoppedBy` speaks.
 */
export interface Incident {
  readonly id: string;
  /** When, in UTC, as far as it is known. */
  readonly at: string;
  readonly what: string;
  readonly pair?: { readonly before: SyntheticRelease; readonly after: SyntheticRelease };
  /** Whether the release itself shows enough to wake somebody. */
  readonly expected: "alert" | "notice" | "quiet" | "no release";
  /** What of Countersign stops it or finds it besides, or instead. */
  readonly stoppedBy: string;
}
