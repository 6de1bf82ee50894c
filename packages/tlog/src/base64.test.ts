// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("base64: what is encoded decodes to itself", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(decodeBase64(encodeBase64(bytes)), bytes)));
});

test("base64: a second spelling of the same bytes is refused", () => {
  for (const twin of ["QR==", "QQ=", "QQ", "QQ==\n", " QQ==", "Q-Q=", "-_8=", "QQ==QQ==", "Q\u0000Q==", "=", "💥"]) {
    assert.equal(decodeBase64(twin), undefined, JSON.stringify(twin));
  }
});
