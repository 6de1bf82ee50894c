// SPDX-License-Identifier: Apache-2.0
import { type Decoder, digest, integer, Malformed, matching, open, optional, text } from "../decode.ts";
import type { Digest } from "../digest.ts";
import { defaultLimits } from "../limits.ts";

/** How one document names another (TUF 4.4, 4.6). */
export interface MetaFile {
  readonly version: number;
  readonly length?: number | undefined;
  readonly hashes?: { readonly sha256: Digest } | undefined;
}

/** How a targets role names a target (TUF 4.5). */
export interface TargetFile {
  readonly length: number;
  readonly hashes: { readonly sha256: Digest };
}

const hashes: Decoder<{ readonly sha256: Digest }> = open({ sha256: digest });

export const metaFile: Decoder<MetaFile> = open<MetaFile>({ version: integer(1), length: optional(integer(1)), hashes: optional(hashes) });

export const targetFile: Decoder<TargetFile> = open<TargetFile>({ length: integer(0), hashes });

/** A target path: slash-separated segments, none of them empty, `.` or `..`; no backslash and no control character. */
export const path: Decoder<string> = (value, at) => {
  const read = text(value, at);
  const plain = read.length <= defaultLimits.pathLength && !/[\\\p{Cc}]/u.test(read);
  if (!plain || read.split("/").some((segment) => ["", ".", ".."].includes(segment)))
    throw new Malformed(at, `a relative path of at most ${defaultLimits.pathLength} characters, without empty, . or .. segments`, value);
  return read;
};

/** `1.0.x`: the specification version that this client understands (TUF 4.2.2). */
export const specVersion: Decoder<string> = matching(/^1\.0(\.\d+)?$/, "a specification version 1.0.x");
