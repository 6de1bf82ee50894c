// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from "node:zlib";
import type { ReleaseFile } from "@countersign/drift/facts/file-facts";

const BLOCK = 512;
const MAX_UNPACKED = 256 * 1024 * 1024;

/**
 * The files of an npm tarball, without its first folder. A reader for measuring, which is as tolerant as npm's: ustar, pax paths, GNU long names. Nothing
 * is written to disk.
 */
export function* filesOf(tarball: Uint8Array): Generator<ReleaseFile> {
  const tar = gunzipSync(tarball, { maxOutputLength: MAX_UNPACKED });
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    const size = octal(header, 124, 12);
    const bytes = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const flag = String.fromCharCode(header[156] ?? 0);
    if (flag === "x") longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes.toString("utf8"))?.[1] ?? longName;
    else if (flag === "L") longName = text(bytes, 0, bytes.length);
    else if (flag !== "g" && flag !== "5") {
      const prefix = text(header, 345, 155);
      const path = longName ?? (prefix === "" ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`);
      longName = undefined;
      const type = flag === "0" || flag === "\0" ? "file" : flag === "1" || flag === "2" ? "link" : "other";
      yield { path: path.replace(/^(?:\.\/)?[^/]+\//, ""), type, mode: octal(header, 100, 8) & 0o7777, bytes };
    }
  }
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const field = Buffer.from(bytes.subarray(from, from + length));
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end);
}

function octal(bytes: Uint8Array, from: number, length: number): number {
  return Number.parseInt(text(bytes, from, length).trim() || "0", 8);
}
