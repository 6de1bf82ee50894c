// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anyJson } from "./any-json.test-support.ts";
import { canonicalBytes, canonicalText, type Json, servedBytes } from "./canonical.ts";
import { decode, decodeBytes, integer, json, open } from "./decode.ts";
import { sha256 } from "./digest.ts";
import { envelope, readEnvelope, signedJson } from "./envelope.ts";
import { defaultLimits } from "./limits.ts";

const document = open({ version: integer(1) });
const signatures = [{ keyid: "a", sig: "00" }];
const signed = { version: 1, x_unknown: { b: ["kept"], a: "\n" } };

test("what is signed is the canonical form of `signed`, however the document is spelled", () => {
  const spellings = [
    servedBytes({ signatures, signed }),
    Buffer.from(JSON.stringify({ signed, signatures }, null, 2)),
    Buffer.from(JSON.stringify({ signatures, signed })),
  ];
  for (const bytes of spellings) {
    const read = readEnvelope(document, bytes, "it");
    assert.ok(read.ok);
    assert.deepEqual(Buffer.from(read.value.message).toString(), canonicalText(signed));
    assert.deepEqual(read.value.signed, { version: 1 });
    assert.equal(read.value.bytes, bytes);
    assert.equal(read.value.digest, sha256(bytes));
  }
});

test("fields that no decoder knows are there for whoever signs the document again", () => {
  const read = readEnvelope(document, servedBytes({ signatures, signed }), "it");
  assert.ok(read.ok);
  assert.deepEqual(signedJson(read.value), signed);
});

test("of a canonical document nothing is copied", () => {
  const bytes = canonicalBytes({ signatures, signed: { version: 1 } });
  const read = readEnvelope(document, bytes, "it");
  assert.ok(read.ok);
  assert.equal(read.value.message.buffer, bytes.buffer);
});

test("any document is read as the same one from bytes and inside another", () => {
  fc.assert(
    fc.property(anyJson(), fc.constantFrom(0, 2), (value, indent) => {
      const file = { signed: value, signatures };
      const outer = readEnvelope(json, Buffer.from(JSON.stringify(file, null, indent)), "it");
      const inner = decodeBytes(envelope(json), Buffer.from(JSON.stringify(file, null, indent)), "it");
      assert.ok(outer.ok && inner.ok);
      assert.deepEqual(outer.value.signed, value);
      assert.deepEqual(Buffer.from(outer.value.message), Buffer.from(canonicalBytes(value)));
      assert.deepEqual(Buffer.from(inner.value.message), Buffer.from(outer.value.message));
      assert.deepEqual(inner.value.signed, value);
      assert.equal(inner.value.digest, sha256(canonicalBytes(file)));
    }),
  );
});

test("attack: two signatures of one key", () => {
  const twice = { signatures: [...signatures, { keyid: "a", sig: "11" }], signed };
  for (const beside of ["refused", "ignored"] as const)
    assert.equal(readEnvelope(document, servedBytes(twice), "it", defaultLimits, beside).ok, false);
  assert.equal(decode(envelope(document), twice, "it").ok, false);
});

test("attack: what nobody signed is refused in documents of our own, and ignored in TUF's", () => {
  const more: readonly Json[] = [
    { signatures, signed, zzz: 1 },
    { a: 1, signatures, signed },
    { signatures: [{ keyid: "a", sig: "00", more: 1 }], signed },
    Object.assign({ signatures, signed }, Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x${at}`, at]))),
  ];
  for (const file of more) {
    assert.equal(readEnvelope(document, servedBytes(file), "it").ok, false);
    assert.equal(decode(envelope(document), file, "it").ok, false);
    const read = readEnvelope(document, servedBytes(file), "it", defaultLimits, "ignored");
    assert.ok(read.ok);
    assert.equal(Buffer.from(read.value.message).toString(), canonicalText(signed));
    assert.deepEqual(read.value.signatures, signatures);
  }
});

test("attack: a signature that is no lower-case hex is refused in documents of our own, and counts for nothing in TUF's", () => {
  for (const sig of ["", "0", "0G", "AB", "zz", " 00", "00\n"]) {
    const file = { signatures: [{ keyid: "a", sig }], signed };
    assert.equal(readEnvelope(document, servedBytes(file), "it").ok, false, sig);
    assert.equal(decode(envelope(document), file, "it").ok, false, sig);
    assert.equal(readEnvelope(document, servedBytes(file), "it", defaultLimits, "ignored").ok, true, sig);
    assert.equal(decode(envelope(document, "ignored"), file, "it").ok, true, sig);
  }
});

test("what is no envelope is refused, and no exception", () => {
  for (const file of [
    null,
    1,
    [],
    {},
    { signed },
    { signatures },
    { signatures: {}, signed },
    { signatures: [{ keyid: 1, sig: "" }], signed },
  ])
    for (const beside of ["refused", "ignored"] as const)
      assert.equal(readEnvelope(document, servedBytes(file), "it", defaultLimits, beside).ok, false);
  assert.equal(readEnvelope((value) => value, servedBytes({ signatures }), "it").ok, false);
});
