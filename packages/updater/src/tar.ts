// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, type Refusal, refuse } from "@countersign/tlog/refusal";
import type { ByteReader } from "./byte-reader.ts";

/** What an archive says about one entry. The bytes of its content follow in the stream. */
export interface ArchiveEntry {
  /** As written, less the slash at the end of a directory's name. Nothing has been checked but that it is UTF-8. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "hardlink" | "character device" | "block device" | "fifo" | "unknown";
  readonly mode: number;
  readonly size: number;
}

const blockSize = 512;

const types: Readonly<Record<string, ArchiveEntry["type"]>> = {
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character device",
  "4": "block device",
  "5": "directory",
  "6": "fifo",
};

/**
 * Reads up to the content of the next entry; `undefined` is the regular end. A strict reader of POSIX.1-2001 ustar with `path` as its only pax record:
 * whatever two readers could understand differently (other magics and pax records, base-256 numbers, bytes after a NUL or after the end) is
 * `archive-damaged`. Names longer than `pathLength` bytes are `archive-limit`.
 */
export async function readEntry(tar: ByteReader, pathLength: number): Promise<Outcome<ArchiveEntry | undefined>> {
  const first = await tar.upTo(blockSize);
  if (first.length === blockSize && isZero(first)) return await readEnd(tar);
  const header = parseHeader(first);
  if (!header.ok || header.value.flag !== "x") return withPath(header, header.ok ? header.value.name : "", pathLength);

  const { size } = header.value;
  if (size > pathLength + " path=\n".length + String(pathLength).length + 1) return tooLong(pathLength, `a pax header of ${size} bytes`);
  const path = parsePathRecord(await tar.upTo(size));
  const padding = await readPadding(tar, size);
  if (padding !== undefined) return { ok: false, refusal: padding };
  if (path === undefined) return damaged("one pax record, the path", "another");
  const next = parseHeader(await tar.upTo(blockSize));
  if (next.ok && next.value.flag === "x") return damaged("an entry after a pax header", "another pax header");
  return withPath(next, path, pathLength);
}

/** Reads what fills the last block after `size` bytes of content: zeros, and nothing else. */
export async function readPadding(tar: ByteReader, size: number): Promise<Refusal | undefined> {
  const length = (blockSize - (size % blockSize)) % blockSize;
  const padding = await tar.upTo(length);
  if (padding.length === length && isZero(padding)) return undefined;
  return damaged(`${length} zeros of padding`, "something else").refusal;
}

export function damaged(expected: string, found: string): { readonly ok: false; readonly refusal: Refusal } {
  return refuse("archive-damaged", expected, found, "build the archive again with countersign and release it as a new version");
}

/** The archive asks for more than `unpack` was told to give. */
export function overLimit(expected: string, found: string): { readonly ok: false; readonly refusal: Refusal } {
  return refuse("archive-limit", expected, found, "make the release smaller, or raise the limit in the policy");
}

interface Header {
  readonly flag: string;
  readonly name: string;
  readonly mode: number;
  readonly size: number;
}

/** The ustar header block: field offsets of POSIX.1-2001, "ustar Interchange Format". */
function parseHeader(block: Buffer): Outcome<Header> {
  if (block.length < blockSize) return damaged("a header or two blocks of zeros", "the end of the archive");
  if (block.toString("latin1", 257, 265) !== "ustar\u000000") return damaged("a ustar header", "another format");
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (octal(block, 148, 156) !== sum) return damaged("a header that matches its checksum", "another checksum");
  const [mode, size] = [octal(block, 100, 108), octal(block, 124, 136)];
  const ignored = [octal(block, 108, 116), octal(block, 116, 124), octal(block, 136, 148)]; // user, group and time are not restored
  if (mode === undefined || size === undefined || ignored.includes(undefined)) return damaged("octal numbers", "something else");
  const [name, prefix] = [text(block, 0, 100), text(block, 345, 500)];
  if (name === undefined || prefix === undefined) return damaged("a name in UTF-8, filled up with zeros", "something else");
  return accept({ flag: block.toString("latin1", 156, 157), name: prefix === "" ? name : `${prefix}/${name}`, mode, size });
}

function withPath(header: Outcome<Header>, name: string, pathLength: number): Outcome<ArchiveEntry> {
  if (!header.ok) return header;
  const { flag, mode, size } = header.value;
  const type = types[flag] ?? "unknown";
  if (type === "directory" && size !== 0) return damaged("a directory without content", `${size} bytes`);
  const path = type === "directory" && name.endsWith("/") ? name.slice(0, -1) : name;
  if (Buffer.byteLength(path) > pathLength) return tooLong(pathLength, `${Buffer.byteLength(path)} bytes`);
  return accept({ path, type, mode, size });
}

async function readEnd(tar: ByteReader): Promise<Outcome<undefined>> {
  const second = await tar.upTo(blockSize);
  if (second.length < blockSize || !isZero(second)) return damaged("two blocks of zeros at the end", "one");
  return (await tar.some(1)) === undefined ? accept(undefined) : damaged("nothing after the end", "more bytes");
}

/** `LENGTH path=VALUE\n`, once, where LENGTH counts the whole record. */
function parsePathRecord(record: Buffer): string | undefined {
  const start = `${record.length} path=`;
  const whole = decode(record);
  return whole?.startsWith(start) && whole.endsWith("\n") ? whole.slice(start.length, -1) : undefined;
}

function tooLong(pathLength: number, found: string): { readonly ok: false; readonly refusal: Refusal } {
  return overLimit(`names of at most ${pathLength} bytes`, found);
}

function octal(block: Buffer, start: number, end: number): number | undefined {
  const field = block.toString("latin1", start, end);
  return /^[0-7]+[\0 ]{1,2}$/.test(field) ? Number.parseInt(field, 8) : undefined;
}

/** A field that is ended by a NUL unless it is full. */
function text(block: Buffer, start: number, end: number): string | undefined {
  const field = block.subarray(start, end);
  const length = field.indexOf(0) === -1 ? field.length : field.indexOf(0);
  return isZero(field.subarray(length)) ? decode(field.subarray(0, length)) : undefined;
}

function decode(bytes: Buffer): string | undefined {
  const decoded = bytes.toString("utf8");
  return Buffer.from(decoded).equals(bytes) ? decoded : undefined;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
