// SPDX-License-Identifier: Apache-2.0
import { textAt } from "./text-at.ts";

/** The names a program takes from others when it starts: what it may call. Bounded, since a file may lie about its own size. */
const MAX_SYMBOLS = 65_536;
const SHT_DYNSYM = 11;
const SHN_UNDEF = 0;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * The symbols that an ELF file imports (System V ABI, `SHT_DYNSYM`: names without a section), for both word sizes and byte orders. Empty for what is no
 * ELF, has no sections, or does not hold together: a stripped section table hides its imports, and is a change by itself.
 */
export function elfImports(bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46) return [];
  try {
    return importsOf(view, bytes);
  } catch (error) {
    if (error instanceof RangeError) return []; // offsets that lead out of the file
    throw error;
  }
}

function importsOf(view: DataView, bytes: Uint8Array): readonly string[] {
  const wide = view.getUint8(4) === 2;
  const little = view.getUint8(5) === 1;
  const half = (at: number): number => view.getUint16(at, little);
  const word = (at: number): number => view.getUint32(at, little);
  const address = (at: number): number => (wide ? Number(view.getBigUint64(at, little)) : word(at));
  const [table, entry, count] = wide ? [address(0x28), half(0x3a), half(0x3c)] : [address(0x20), half(0x2e), half(0x30)];
  const section = (index: number): Section => {
    const at = table + index * entry;
    return wide
      ? { type: word(at + 4), offset: address(at + 24), size: address(at + 32), link: word(at + 40) }
      : { type: word(at + 4), offset: word(at + 16), size: word(at + 20), link: word(at + 24) };
  };
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const symbols = section(index);
    if (symbols.type !== SHT_DYNSYM) continue;
    const strings = section(symbols.link);
    const size = wide ? 24 : 16;
    const symbolCount = Math.min(MAX_SYMBOLS, Math.floor(symbols.size / size));
    for (let symbol = 1; symbol < symbolCount; symbol++) {
      const at = symbols.offset + symbol * size;
      if (half(at + (wide ? 6 : 14)) === SHN_UNDEF) names.add(textAt(bytes, strings.offset + word(at)));
    }
  }
  names.delete("");
  return [...names].sort();
}
