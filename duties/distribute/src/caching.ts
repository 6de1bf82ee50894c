// SPDX-License-Identifier: Apache-2.0

/** Where a reader begins: the three documents whose bytes change under one name. Never served from a cache unasked. */
export const entryPoints: readonly string[] = ["metadata/timestamp.json", "revocations/latest", "log/checkpoint"];

/** Everything below these is named by its digest, its version or its place in a tree that only grows. */
export const immutablePrefixes: readonly string[] = ["targets/", "artifacts/", "provenance/", "proofs/", "log/tile/", "former-logs/"];

/**
 * `Cache-Control` for a store path: a year and immutable where a name can only ever mean the same bytes (consistent-snapshot
 * names too, TUF 6.2), else revalidated every time.
 */
export function cacheControl(path: string): string {
  const fixed = immutablePrefixes.some((prefix) => path.startsWith(prefix)) || /^metadata\/[1-9][0-9]*\.[^/]+\.json$/.test(path);
  return fixed ? "public, max-age=31536000, immutable" : "no-cache";
}
