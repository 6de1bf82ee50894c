// SPDX-License-Identifier: Apache-2.0
import type { Hashes } from "./meta.ts";

/**
 * Where a role's file is, relative to the metadata base URL (TUF 3.1.2, 6.2.1). A role's name may be any text; encoded as one segment it
 * leads nowhere else. `version` is undefined where the file name has none.
 */
export function metadataPath(role: string, version: number | undefined): string {
  return `${version === undefined ? "" : `${version}.`}${encodeSegment(role)}.json`;
}

/**
 * Where a target is, relative to the targets base URL: with consistent snapshots once under each of its digests, which are identical copies
 * (TUF 5.7.3, 6.2.1).
 */
export function targetPaths(path: string, { sha256, sha512 }: Hashes, consistent: boolean): readonly string[] {
  const segments = path.split("/").map(encodeSegment);
  if (!consistent) return [segments.join("/")];
  const directory = segments.slice(0, -1);
  const digests = [sha256, sha512].filter((digest) => digest !== undefined);
  return digests.map((digest) => [...directory, `${digest}.${segments.at(-1)}`].join("/"));
}

/** All but RFC 3986's unreserved characters, in percent signs. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
