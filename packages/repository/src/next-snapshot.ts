// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "@countersign/trust/digest";
import type { MetaFile } from "@countersign/trust/tuf/meta";
import type { SnapshotDocument } from "@countersign/trust/tuf/snapshot";
import { SPEC_VERSION } from "./spec-version.ts";

/** A metadata file exactly as it is served. */
export interface WrittenFile {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** The snapshot after `files` (by name: `targets.json`, `stable.json`) were written; files that did not change stay listed. */
export function nextSnapshot(
  previous: SnapshotDocument | undefined,
  files: ReadonlyMap<string, WrittenFile>,
  expires: string,
): SnapshotDocument {
  const written = [...files].map(([name, file]) => [name, metaFileOf(file)] as const);
  return {
    _type: "snapshot",
    spec_version: SPEC_VERSION,
    version: (previous?.version ?? 0) + 1,
    expires,
    meta: { ...previous?.meta, ...Object.fromEntries(written) },
  };
}

/** How one document names another: always with length and digest, so that a mirror can neither mix files nor pad them (TUF 4.4). */
export function metaFileOf({ version, bytes }: WrittenFile): MetaFile {
  return { version, length: bytes.length, hashes: { sha256: sha256(bytes) } };
}
