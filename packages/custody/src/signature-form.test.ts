// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { derFromRaw } from "./signature-form.ts";

test("a raw signature becomes the DER that verifies", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  for (let at = 0; at < 300; at++) {
    const message = Buffer.from(`message ${at}`);
    const raw = sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
    assert.ok(verify("sha256", message, publicKey, derFromRaw(raw)));
  }
});

test("every pair of numbers has one DER spelling: positive, and in as few bytes as there can be", () => {
  const number = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.nat(300).map((small) => {
      const bytes = new Uint8Array(32);
      new DataView(bytes.buffer).setUint16(30, small);
      return bytes;
    }),
  );
  fc.assert(
    fc.property(number, number, (r, s) => {
      const der = derFromRaw(Buffer.concat([r, s]));
      const read: Uint8Array[] = [];
      assert.deepEqual([der[0], der[1]], [0x30, der.length - 2]);
      for (let at = 2; at < der.length; at += 2 + (der[at + 1] ?? 0)) {
        assert.equal(der[at], 0x02);
        read.push(der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0)));
      }
      assert.equal(read.length, 2);
      for (const [at, integer] of read.entries()) {
        const [first = 0, second = 0] = integer;
        assert.ok(first < 0x80 && (integer.length === 1 || first !== 0 || second >= 0x80));
        assert.equal(BigInt(`0x${Buffer.from(integer).toString("hex")}`), BigInt(`0x${Buffer.from([r, s][at] ?? []).toString("hex")}`));
      }
    }),
  );
  assert.throws(() => derFromRaw(new Uint8Array(63)), RangeError);
});
