// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { isUnsafePoint, verifyEd25519 } from "./ed25519.ts";
import { signerFromSeed } from "./signer.ts";

const SMALL_ORDER = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];
const NOT_CANONICAL = [
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 1
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = 2^255 - 1, sign set
  "0100000000000000000000000000000000000000000000000000000000000080", // the identity with a sign
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = -1 with a sign
];

test("a forged signature under a small-order or non-canonical key is refused, whatever the runtime does", () => {
  const forged = Buffer.alloc(64);
  forged[0] = 1; // R is the identity and S is 0: verifies under the identity on runtimes that do not look
  for (const hex of [...SMALL_ORDER, ...NOT_CANONICAL]) {
    const key = Buffer.from(hex, "hex");
    assert.equal(isUnsafePoint(key), true, hex);
    for (let round = 0; round < 16; round++) assert.equal(verifyEd25519(key, randomBytes(32), forged), false, hex);
  }
});

test("an honest signature verifies, and no flipped bit of it does", async () => {
  const { publicKey, sign } = signerFromSeed(randomBytes(32), "a", 1);
  const message = Buffer.from("countersign");
  const signature = await sign(message);
  assert.equal(isUnsafePoint(publicKey), false);
  assert.equal(verifyEd25519(publicKey, message, signature), true);
  for (let bit = 0; bit < 512; bit++) {
    const flipped = Buffer.from(signature);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(verifyEd25519(publicKey, message, flipped), false, `bit ${bit}`);
  }
  assert.equal(verifyEd25519(publicKey, message, signature.subarray(0, 63)), false);
  assert.equal(verifyEd25519(publicKey.subarray(1), message, signature), false);
});
