// SPDX-License-Identifier: Apache-2.0
import type { Files } from "../incident.ts";

/** A small package of code as thousands are, to which incidents are added. */
export function plainPackage(name: string, version: string, members: Readonly<Record<string, unknown>> = {}): Files {
  const manifest = {
    name,
    version,
    license: "MIT",
    repository: `https://github.com/${name}/${name}`,
    engines: { node: ">=14" },
    ...members,
  };
  return {
    "package.json": JSON.stringify(manifest),
    "README.md": `# ${name}\n`,
    "index.js": source(name, 300),
    "lib/parse.js": source(`${name}/parse`, 200),
  };
}

/** Lines as people write them. */
export function source(name: string, lines: number): string {
  const body = Array.from(
    { length: lines },
    (_, line) => `  if (value.length > ${line}) steps.push(value.slice(${line}, ${line + 4}).trim());`,
  );
  return `"use strict";\n// ${name}\nmodule.exports = function (value) {\n  const steps = [];\n${body.join("\n")}\n  return steps;\n};\n`;
}

/** What obfuscators make of code: names in hex, one line, and nothing that runs. */
export function obfuscated(calls: string): string {
  const names = Array.from({ length: 600 }, (_, index) => `_0x${(0x4a31 + index * 7).toString(16)}`);
  return `var ${names.map((name, index) => `${name}=${index}`).join(",")};${calls}`;
}

/** A Linux library that imports these functions: its tables are real, its code is empty. */
export function library(imports: readonly string[], size: number): Uint8Array {
  const names = Buffer.from(`\0${imports.join("\0")}\0`, "latin1");
  const [strings, symbols] = [64, 64 + names.length];
  const table = symbols + 24 * (imports.length + 1);
  const bytes = Buffer.alloc(Math.max(size, table + 3 * 64));
  Buffer.from("7f454c46020101", "hex").copy(bytes);
  bytes.writeBigUInt64LE(BigInt(table), 0x28);
  bytes.writeUInt16LE(64, 0x3a);
  bytes.writeUInt16LE(3, 0x3c);
  names.copy(bytes, strings);
  let at = 1;
  for (const [index, name] of imports.entries()) {
    bytes.writeUInt32LE(at, symbols + 24 * (index + 1));
    at += name.length + 1;
  }
  section(bytes, table + 64, 11, symbols, 24 * (imports.length + 1), 2); // SHT_DYNSYM
  section(bytes, table + 128, 3, strings, names.length, 0); // SHT_STRTAB
  return bytes;
}

function section(bytes: Buffer, at: number, type: number, offset: number, size: number, link: number): void {
  bytes.writeUInt32LE(type, at + 4);
  bytes.writeBigUInt64LE(BigInt(offset), at + 24);
  bytes.writeBigUInt64LE(BigInt(size), at + 32);
  bytes.writeUInt32LE(link, at + 40);
}
