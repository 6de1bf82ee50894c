// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { isErrno } from "./errno.ts";
import { hasShape } from "./shape.ts";

/**
 * Where the bytes of an unfinished download came from: the URL and its strong ETag, kept beside them as `<file>.part.source`. With it the server
 * itself says whether the file is still the same one (If-Range, RFC 9110 13.1.5), which saves fetching the rest of another. Nothing is decided by
 * it: the bytes are hashed from the first to the last anyway.
 */
export async function rememberSource(file: string, url: string, etag: string | string[] | undefined): Promise<void> {
  if (typeof etag !== "string" || !strong.test(etag)) return await forgetSource(file);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  await using source = await open(sourceFile(file), flags, 0o600);
  await source.writeFile(JSON.stringify({ url, etag }));
}

/** The header that makes a range conditional, where these bytes came from this URL with an ETag. */
export async function condition(file: string, url: string): Promise<Readonly<Record<string, string>>> {
  try {
    const source: unknown = JSON.parse(await readFile(sourceFile(file), "utf8"));
    if (!hasShape(source, { url: "string", etag: "string" }) || source.url !== url || !strong.test(String(source.etag))) return {};
    return { "if-range": String(source.etag) };
  } catch (error) {
    if (error instanceof SyntaxError || isErrno(error, "ENOENT")) return {};
    throw error;
  }
}

export async function forgetSource(file: string): Promise<void> {
  await rm(sourceFile(file), { force: true });
}

/** What may stand in a header; a weak one (`W/`) must not be used with ranges. */
const strong = /^"[\x21\x23-\x7e]{1,200}"$/;

function sourceFile(file: string): string {
  return `${file}.part.source`;
}
