// SPDX-License-Identifier: Apache-2.0

const MAX_LIBRARIES = 1024;
const MAX_NAMES = 65_536;

interface Section {
  readonly address: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * What a Windows program or DLL imports, as `library!name` (PE format, import directory table), and whether bytes stand behind what its
 * headers describe, which signatures leave out: `overlay`. Empty for what is no PE or does not hold together.
 */
export function peImports(bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (bytes.length < 0x40 || view.getUint16(0) !== 0x4d5a) return [];
    const header = view.getUint32(0x3c, true);
    if (view.getUint32(header) !== 0x50450000) return [];
    return importsOf(view, bytes, header);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function importsOf(view: DataView, bytes: Uint8Array, header: number): readonly string[] {
  const word = (at: number): number => view.getUint32(at, true);
  const optional = header + 24;
  const wide = view.getUint16(optional, true) === 0x20b;
  const table = optional + view.getUint16(header + 20, true);
  const sections = Array.from({ length: Math.min(96, view.getUint16(header + 6, true)) }, (_, index): Section => {
    const at = table + index * 40;
    return { address: word(at + 12), size: Math.max(word(at + 8), word(at + 16)), offset: word(at + 20) };
  });
  const offsetOf = (address: number): number => {
    const section = sections.find((each) => address >= each.address && address < each.address + each.size);
    if (section === undefined) throw new RangeError("an address in no section");
    return address - section.address + section.offset;
  };
  const names = new Set<string>();
  const directory = word(optional + (wide ? 120 : 104));
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

function textAt(bytes: Uint8Array, from: number): string {
  if (from >= bytes.length) throw new RangeError("a name outside of the file");
  const end = bytes.indexOf(0, from);
  return Buffer.from(bytes.subarray(from, Math.min(end === -1 ? bytes.length : end, from + 512))).toString("latin1");
}
