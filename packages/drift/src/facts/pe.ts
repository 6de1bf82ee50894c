// SPDX-License-Identifier: Apache-2.0
import { textAt } from "./text-at.ts";

const MAX_LIBRARIES = 1024;
const MAX_NAMES = 65_536;
/** Certificates are padded to eight bytes. */
const CERTIFICATE_PADDING = 8;

interface Section {
  readonly address: number;
  readonly size: number;
  readonly offset: number;
  /** Bytes of the file. */
  readonly stored: number;
}

interface Headers {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly wide: boolean;
  /** Where the data directories begin. */
  readonly directories: number;
  readonly sections: readonly Section[];
}

/** What a Windows program or DLL imports, as `library!name` (PE format, import directory table). Empty for what is no PE or does not hold together. */
export function peImports(bytes: Uint8Array): readonly string[] {
  return read(bytes, importsOf) ?? [];
}

/**
 * How many bytes stand where nothing that the headers describe is, and which signatures leave out: behind the last section (PE format, certificate table
 * aside), and in the certificate table behind the certificate itself. 0 for what is no PE or does not hold together.
 */
export function peOverlay(bytes: Uint8Array): number {
  return read(bytes, overlayOf) ?? 0;
}

function read<T>(bytes: Uint8Array, reading: (headers: Headers) => T): T | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (bytes.length < 0x40 || view.getUint16(0) !== 0x4d5a) return undefined;
    const header = view.getUint32(0x3c, true);
    if (view.getUint32(header) !== 0x50450000) return undefined;
    return reading(headersAt(view, bytes, header));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // offsets that lead out of the file
    throw error;
  }
}

function headersAt(view: DataView, bytes: Uint8Array, header: number): Headers {
  const word = (at: number): number => view.getUint32(at, true);
  const optional = header + 24;
  const wide = view.getUint16(optional, true) === 0x20b;
  const table = optional + view.getUint16(header + 20, true);
  const sections = Array.from({ length: Math.min(96, view.getUint16(header + 6, true)) }, (_, index): Section => {
    const at = table + index * 40;
    const stored = word(at + 16);
    return { address: word(at + 12), size: Math.max(word(at + 8), stored), offset: word(at + 20), stored };
  });
  return { view, bytes, wide, directories: optional + (wide ? 112 : 96), sections };
}

function importsOf({ view, bytes, wide, directories, sections }: Headers): readonly string[] {
  const word = (at: number): number => view.getUint32(at, true);
  const offsetOf = (address: number): number => {
    const section = sections.find((each) => address >= each.address && address < each.address + each.size);
    if (section === undefined) throw new RangeError("an address in no section");
    return address - section.address + section.offset;
  };
  const names = new Set<string>();
  const directory = word(directories + 8);
  if (directory === 0) return [];
  for (let library = 0, at = offsetOf(directory); library < MAX_LIBRARIES && word(at + 12) !== 0; library++, at += 20) {
    const from = textAt(bytes, offsetOf(word(at + 12))).toLowerCase();
    const lookups = offsetOf(word(at) || word(at + 16));
    for (let index = 0; index < MAX_NAMES; index++) {
      const slot = lookups + index * (wide ? 8 : 4);
      const [low, high] = [word(slot), wide ? word(slot + 4) : word(slot)];
      if (low === 0 && (high === 0 || !wide)) break;
      const ordinal = (high & 0x80000000) !== 0;
      names.add(`${from}!${ordinal ? `#${low & 0xffff}` : textAt(bytes, offsetOf(low) + 2)}`);
    }
  }
  return [...names].sort();
}

function overlayOf({ view, bytes, directories, sections }: Headers): number {
  const end = Math.max(0, ...sections.map(({ offset, stored }) => offset + stored));
  const [offset, size] = [view.getUint32(directories + 32, true), view.getUint32(directories + 36, true)];
  const behind = Math.max(0, bytes.length - end);
  if (offset === 0 || size === 0) return behind;
  if (offset + size > bytes.length) throw new RangeError("a certificate table outside of the file");
  return Math.max(0, behind - size) + appended(view, offset, size);
}

/** What stands in the certificate table and in no certificate: each entry's own length, and in it that of its DER, say where it ends. */
function appended(view: DataView, offset: number, size: number): number {
  const length = view.getUint32(offset, true);
  const certificate = offset + 8;
  const form = view.getUint8(certificate + 1);
  const octets = form & 0x7f;
  if (form < 0x80 || octets > 4) return 0; // a certificate of under 128 bytes, or of no definite length, is none
  let der = 2 + octets;
  for (let octet = 0, value = 0; octet < octets; octet++) {
    value = value * 256 + view.getUint8(certificate + 2 + octet);
    if (octet === octets - 1) der += value;
  }
  const behind = Math.max(0, length - 8 - der) + Math.max(0, size - length);
  return behind < CERTIFICATE_PADDING ? 0 : behind;
}
