// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createKey } from "./encrypted-file.ts";
import type { Outcome } from "./outcome.ts";
import { readHalf, readNamedKey, writeReference } from "./reference.ts";

const directory = mkdtempSync(join(tmpdir(), "reference-"));
after(() => rmSync(directory, { recursive: true }));
const at = (name: string) => join(directory, name);

const key = await createKey(at("own.key"), "correct horse battery", "ed25519");
const place = { custody: "pkcs11", module: "/usr/lib/m.so", token: "release", label: "stable", pinFile: "/run/pin" } as const;

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("a key is named by a file whatever its custody: an encrypted file with its passphrase, a reference without", async () => {
  assert.equal(await writeReference(at("hsm.key"), place, { ...key, custody: "pkcs11 (maker)" }), true);
  assert.equal(await writeReference(at("hsm.key"), place, key), false, "never overwritten");
  const named = await readNamedKey(at("hsm.key"), undefined);
  assert.ok(named.ok);
  assert.deepEqual([named.value.place, named.value.half.keyid, named.value.half.custody], [place, key.keyid, "pkcs11 (maker)"]);
  assert.equal(code(await readNamedKey(at("hsm.key"), at("pass"))), "passphrase-not-wanted");

  const own = await readNamedKey(at("own.key"), at("pass"));
  assert.deepEqual(own.ok && own.value.place, { custody: "encrypted-file", keyFile: at("own.key"), passphraseFile: at("pass") });
  assert.equal(code(await readNamedKey(at("own.key"), undefined)), "passphrase-missing");
  for (const file of ["hsm.key", "own.key"]) {
    const half = await readHalf(at(file));
    assert.equal(half.ok && half.value.keyid, key.keyid);
  }
});

test("a reference that is damaged is refused, and so is what is neither", async () => {
  const text = readFileSync(at("hsm.key"), "utf8");
  const write = (name: string, bytes: string) => {
    writeFileSync(at(name), bytes, { mode: 0o600 });
    return readHalf(at(name));
  };
  assert.equal(code(await write("place", text.replace('"token"', '"slot"'))), "reference-damaged");
  assert.equal(code(await write("public", text.replace(/"public": ".*"/, '"public": "AAAA"'))), "reference-damaged");
  assert.equal(code(await write("neither", "{}")), "key-file-damaged");
  assert.equal(code(await write("cut", text.slice(0, 40))), "key-file-damaged");
  assert.equal(code(await readHalf(at("none"))), "file-missing");
});
