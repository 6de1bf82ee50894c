// SPDX-License-Identifier: Apache-2.0
import type { FileFacts } from "./facts/file-facts.ts";
import type { Pair } from "./pair.ts";

/** A file that is there in both releases, and is not the same. */
export interface ChangedFile {
  readonly was: FileFacts;
  readonly is: FileFacts;
}

/** Files that the release before did not have. Moved ones, the same bytes elsewhere, are not new. */
export function addedFiles({ before, after }: Pair): readonly FileFacts[] {
  if (before === undefined) return [];
  const known = new Set([...before.contents.files.values()].map(({ sha256 }) => sha256));
  return [...after.contents.files.values()].filter(({ path, sha256 }) => !before.contents.files.has(path) && !known.has(sha256));
}

export function changedFiles({ before, after }: Pair): readonly ChangedFile[] {
  return [...after.contents.files.values()].flatMap((is) => {
    const was = before?.contents.files.get(is.path);
    return was === undefined || (was.sha256 === is.sha256 && was.mode === is.mode && was.type === is.type) ? [] : [{ was, is }];
  });
}

/** Files whose bytes the release before did not have: what there is to look into. */
export function freshFiles(pair: Pair): readonly FileFacts[] {
  return [...addedFiles(pair), ...changedFiles(pair).flatMap(({ was, is }) => (was.sha256 === is.sha256 ? [] : [is]))];
}
