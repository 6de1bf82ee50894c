// SPDX-License-Identifier: Apache-2.0

/** A PE of one section with one import. */
export function pe(library: string, name: string): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write("PE\0\0", 0x40, "latin1");
  bytes.writeUInt16LE(1, 0x40 + 6); // one section
  bytes.writeUInt16LE(240, 0x40 + 20);
  bytes.writeUInt16LE(0x20b, 0x58); // PE32+
  const base = 0x1000;
  bytes.writeUInt32LE(base, 0x58 + 120);
  const section = 0x58 + 240;
  bytes.writeUInt32LE(512, section + 8);
  bytes.writeUInt32LE(base, section + 12);
  bytes.writeUInt32LE(512, section + 16);
  bytes.writeUInt32LE(512, section + 20);
  const [lookups, text, hint] = [base + 64, base + 128, base + 192];
  bytes.writeUInt32LE(lookups, 512);
  bytes.writeUInt32LE(text, 512 + 12);
  bytes.writeUInt32LE(hint, 512 + 64);
  bytes.write(library, 512 + 128, "latin1");
  bytes.write(name, 512 + 194, "latin1");
  return bytes;
}
