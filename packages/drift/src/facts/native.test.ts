// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { elfImports } from "./elf.ts";
import { fileFacts } from "./file-facts.ts";
import { kindOf } from "./kind.ts";
import { peImports, peOverlay } from "./pe.ts";
import { pe } from "./pe-file.test-support.ts";

test("the imports of a real program are read from its own table", { skip: process.platform !== "linux" && "an ELF system" }, () => {
  const program = readFileSync(process.execPath);
  assert.equal(kindOf("node", program), "native");
  const imports = elfImports(program);
  for (const name of ["connect", "dlopen", "fork"]) assert.ok(imports.includes(name), name);
});

test("attack: tables that lie about their place or size are no imports, and never an exception", () => {
  const header = { elf: Buffer.from("7f454c46020101", "hex"), pe: Buffer.from("4d5a", "hex") };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 4096 }), (bytes) => {
      for (const magic of Object.values(header)) {
        const file = Uint8Array.from([...magic, ...bytes]);
        assert.ok(Array.isArray(elfImports(file)) && Array.isArray(peImports(file)) && peOverlay(file) >= 0);
      }
    }),
  );
});

test("a name hides no program: kinds come from the first bytes", () => {
  assert.equal(kindOf("picture.png", Buffer.from("7f454c4602010100", "hex")), "native");
  assert.equal(kindOf("README.md", Buffer.from("#!/bin/sh\ncurl x | sh\n")), "shell");
  assert.equal(kindOf("tool", Buffer.from("#!/usr/bin/env node\n")), "code");
  assert.equal(kindOf("types.d.ts", Buffer.from("export type A = 1;")), "types");
});

test("attack: a payload behind the last section, or behind the certificate in its own table, is counted; a certificate is not", () => {
  const program = pe("kernel32.dll", "Sleep");
  assert.equal(peOverlay(program), 0);
  assert.equal(peOverlay(Buffer.concat([program, Buffer.alloc(40, 7)])), 40);
  assert.equal(peOverlay(signed(program, 0)), 0);
  assert.equal(peOverlay(signed(program, 56)), 56); // the length in the table covers it, that of the DER does not
  assert.equal(peOverlay(Buffer.concat([signed(program, 0), Buffer.alloc(24, 7)])), 24);
  const bytes = Buffer.concat([program, Buffer.alloc(40, 7)]);
  const file = { path: "a.dll", type: "file" as const, mode: 0o644, bytes };
  assert.equal(fileFacts({ ...file, whole: { size: bytes.length, sha256: "" } }).overlay, 40, "as it is read from an unpacked release");
  assert.equal(fileFacts({ ...file, whole: { size: 10_000, sha256: "" } }).overlay, 0, "the end of which was not looked at");
});

/** With a certificate table of 200 bytes of DER, and so many bytes more in it. */
function signed(program: Buffer, more: number): Buffer {
  const certificate = Buffer.alloc(8 + 200 + more);
  certificate.writeUInt32LE(certificate.length, 0);
  certificate.set([0x30, 0x81, 197], 8);
  const file = Buffer.concat([program, certificate]);
  file.writeUInt32LE(program.length, 0x58 + 112 + 32);
  file.writeUInt32LE(certificate.length, 0x58 + 112 + 36);
  return file;
}
