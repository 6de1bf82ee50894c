// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";

/** Whoever reads a repository: a directory, a web server, a bundle. */
export interface Reader {
  /** The bytes under `path`, or undefined where there are none. Longer than `maxBytes`: throws `StoreError` "too-long". */
  read(path: string, maxBytes?: number): Promise<Uint8Array | undefined>;
}

/**
 * Where a repository is kept. Paths are slash-separated; one that `checkPath` refuses throws `StoreError`, as does one
 * outside what this duty may write. A write is whole or absent, also after a crash, and durable once its promise resolves.
 */
export interface Store extends Reader {
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** The same bytes under a second name. */
  link(from: string, to: string): Promise<void>;
  /** Every path that starts with `prefix`, in code-unit order; "" for all. */
  list(prefix: string): Promise<string[]>;
  /** SHA-256 of the bytes under `path`, in bounded memory; undefined where there are none. */
  digest(path: string): Promise<string | undefined>;
  /** Copies a file of any size into the store, in bounded memory. */
  writeFile(path: string, sourceFile: string): Promise<void>;
}

export type StoreErrorCode = "path-unsafe" | "path-out-of-scope" | "path-immutable" | "path-missing" | "too-long" | "http-status";

/** The store was used in a way its owner does not allow, or cannot answer. Full disks and dead networks throw as they are. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const MAX_PATH = 1024;
const MAX_SEGMENT = 200;

/**
 * Accepts a store path: segments of 1 to 200 bytes joined by single slashes, 1024 bytes in all, none of which starts with a
 * dot (so no `..`, no hidden and no temporary file) or holds a control character, a backslash or a colon.
 */
export function checkPath(path: string): Outcome<string> {
  const fits = Buffer.byteLength(path) <= MAX_PATH && path.isWellFormed();
  if (fits && path.split("/").every(isSegment)) return accept(path);
  return refuse(
    "path-unsafe",
    "a relative slash-separated path without dot segments",
    JSON.stringify(path.slice(0, 200)),
    "Rename the file.",
  );
}

/** `path` if `checkPath` accepts it; throws `StoreError` "path-unsafe" if not. */
export function safePath(path: string): string {
  const checked = checkPath(path);
  if (checked.ok) return checked.value;
  throw new StoreError("path-unsafe", `not a store path: ${checked.refusal.found}`);
}

function isSegment(segment: string): boolean {
  return segment !== "" && Buffer.byteLength(segment) <= MAX_SEGMENT && !segment.startsWith(".") && !/[\p{Cc}\\:]/u.test(segment);
}
