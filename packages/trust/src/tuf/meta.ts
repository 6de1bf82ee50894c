// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Json } from "../canonical.ts";
import { closed, type Decoder, digest, integer, json, Malformed, matching, open, optional, record, text } from "../decode.ts";
import { type Digest, sha256 } from "../digest.ts";
import { defaultLimits } from "../limits.ts";

/** Digests of one file, by the functions that this client knows; at least one, and a file must match every one (TUF 4.4, 4.5). */
export interface Hashes {
  readonly sha256?: Digest | undefined;
  /** 128 lower-case hex digits. */
  readonly sha512?: string | undefined;
}

/** How one document names another (TUF 4.4, 4.6). */
export interface MetaFile {
  readonly version: number;
  readonly length?: number | undefined;
  readonly hashes?: Hashes | undefined;
}

/** How a targets role names a target (TUF 4.5). */
export interface TargetFile {
  readonly length: number;
  readonly hashes: Hashes;
  /** Whatever the application wants to be told; nobody here looks at it. */
  readonly custom?: Readonly<Record<string, Json>> | undefined;
}

/** A function that we cannot compute must not pass for one that was checked, so its name is refused. */
const hashes: Decoder<Hashes> = (value, at) => {
  const sha512 = matching(/^[0-9a-f]{128}$/, "a SHA-512 in 128 lower-case hex digits");
  const read = closed<Hashes>({ sha256: optional(digest), sha512: optional(sha512) })(value, at);
  if (read.sha256 === undefined && read.sha512 === undefined) throw new Malformed(at, "sha256, sha512 or both", value);
  return read;
};

export const metaFile: Decoder<MetaFile> = open<MetaFile>({ version: integer(1), length: optional(integer(1)), hashes: optional(hashes) });

export const targetFile: Decoder<TargetFile> = open<TargetFile>({ length: integer(0), hashes, custom: optional(record(text, json)) });

/** True if these bytes have all the digests that are listed. `known` is their SHA-256, where it has been computed already. */
export function matchesHashes(bytes: Uint8Array, listed: Hashes, known?: Digest): boolean {
  return (
    (listed.sha256 === undefined || (known ?? sha256(bytes)) === listed.sha256) &&
    (listed.sha512 === undefined || createHash("sha512").update(bytes).digest("hex") === listed.sha512)
  );
}

/**
 * A target path: slash-separated segments, none of them empty, `.` or `..`; no backslash and no control character (TUF 4.5, TARGETPATH).
 */
export const path: Decoder<string> = (value, at) => {
  const read = text(value, at);
  const plain = read.length <= defaultLimits.pathLength && !/[\\\p{Cc}]/u.test(read);
  if (!plain || read.split("/").some((segment) => ["", ".", ".."].includes(segment)))
    throw new Malformed(at, `a relative path of at most ${defaultLimits.pathLength} characters, without empty, . or .. segments`, value);
  return read;
};

/** A role's name: any text that is not empty. It is never used as a path or URL as it stands (`metadataPath`). */
export const roleName: Decoder<string> = (value, at) => {
  const read = text(value, at);
  if (read === "" || read.length > defaultLimits.pathLength || !read.isWellFormed())
    throw new Malformed(at, `a name of 1 to ${defaultLimits.pathLength} characters`, value);
  return read;
};

/** `1.0.x`: the specification version that this client understands (TUF 4.3, SPEC_VERSION). */
export const specVersion: Decoder<string> = matching(/^1\.0(\.\d+)?$/, "a specification version 1.0.x");
