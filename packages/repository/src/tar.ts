// SPDX-License-Identifier: Apache-2.0

/** POSIX ustar works in records of this many bytes. */
export const RECORD = 512;

/** The largest size that eleven octal digits hold. */
export const MAX_FILE_BYTES: number = 8 ** 11 - 1;

export interface TarEntry {
  /** Slash-separated and relative; without a slash at its end, also for a directory. */
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly executable: boolean;
  readonly size: number;
}

/**
 * The records before an entry's content: a ustar header (IEEE Std 1003.1, pax), preceded by a pax `path` only where the
 * name is not ASCII or fits neither `name` nor `prefix` and `name`. Owner 0:0, no names, time 0, mode 0644 or 0755.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.kind === "directory" ? `${entry.path}/` : entry.path;
  const mode = entry.kind === "directory" || entry.executable ? 0o755 : 0o644;
  const type = entry.kind === "directory" ? "5" : "0";
  const split = splitName(path);
  if (split !== undefined) return ustar(split, mode, entry.size, type);
  const record = paxRecord("path", path);
  return Buffer.concat([
    ustar(["", "pax-header"], 0o644, record.length, "x"),
    record,
    padding(record.length),
    ustar(["", standIn(path)], mode, entry.size, type),
  ]);
}

/** What fills content of `size` bytes up to a whole record. */
export function padding(size: number): Buffer {
  return Buffer.alloc((RECORD - (size % RECORD)) % RECORD);
}

/** Two empty records end an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * RECORD);
}

function ustar([prefix, name]: readonly [prefix: string, name: string], mode: number, size: number, type: string): Buffer {
  const header = Buffer.alloc(RECORD);
  header.write(name, 0, 100, "ascii");
  header.write(octal(mode, 7), 100, "ascii");
  header.write(octal(0, 7), 108, "ascii"); // uid
  header.write(octal(0, 7), 116, "ascii"); // gid
  header.write(octal(size, 11), 124, "ascii");
  header.write(octal(0, 11), 136, "ascii"); // mtime
  header.write("        ", 148, "ascii"); // the checksum counts itself as spaces
  header.write(type, 156, "ascii");
  header.write("ustar\x0000", 257, "ascii");
  header.write(octal(0, 7), 329, "ascii"); // devmajor
  header.write(octal(0, 7), 337, "ascii"); // devminor
  header.write(prefix, 345, 155, "ascii");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148, "ascii");
  return header;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function splitName(path: string): readonly [prefix: string, name: string] | undefined {
  if (!/^[\x20-\x7e]+$/.test(path)) return undefined;
  if (path.length <= 100) return ["", path];
  const slash = path.indexOf("/", path.length - 101); // the earliest that leaves at most 100 for the name
  const name = path.slice(slash + 1);
  return slash > 0 && slash <= 155 && name !== "" ? [path.slice(0, slash), name] : undefined;
}

// For readers that know no pax; the real name is in the record before.
function standIn(path: string): string {
  return path.replace(/[^\x20-\x7e]/g, "_").slice(0, 100);
}

// "LENGTH key=value\n", where LENGTH counts its own digits too.
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
