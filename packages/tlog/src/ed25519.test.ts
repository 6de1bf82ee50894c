// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { ed25519Key, isOnCurve, isUnsafePoint, verifyEd25519 } from "./ed25519.ts";
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

/** The curve of RFC 8032 5.1, written out again so that what the tests demand does not come from what they test. */
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (value: bigint): bigint => ((value % P) + P) % P;
function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}
const inverse = (value: bigint): bigint => power(value, P - 2n);
const D = mod(-121665n * inverse(121666n));
type Point = readonly [x: bigint, y: bigint];
const zero: Point = [0n, 1n];
function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const t = mod(D * mod(x1 * x2) * mod(y1 * y2));
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + t)), mod((y1 * y2 + x1 * x2) * inverse(1n - t))];
}
function times(scalar: bigint, point: Point): Point {
  let [result, doubled] = [zero, point];
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, doubled);
    doubled = add(doubled, doubled);
  }
  return result;
}
function pointAt(y: bigint): Point | undefined {
  const ratio = mod((y * y - 1n) * inverse(D * y * y + 1n));
  const root = power(ratio, (P + 3n) / 8n);
  const x = [root, mod(root * power(2n, (P - 1n) / 4n))].find((candidate) => mod(candidate * candidate) === ratio);
  return x === undefined ? undefined : [x, y];
}
function encode([x, y]: Point): Buffer {
  return littleEndian(y | ((x & 1n) << 255n));
}
function littleEndian(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
}

test("attack: every one of the eight points of small order, found from the curve itself, in every spelling", () => {
  const found = new Map<string, Point>();
  for (let y = 2n; found.size < 8; y++) {
    const point = pointAt(y);
    if (point === undefined) continue;
    const torsion = times(L, point); // what is left has an order that divides the cofactor
    for (let k = 0n; k < 8n; k++) found.set(encode(times(k, torsion)).toString("hex"), times(k, torsion));
  }
  assert.equal(found.size, 8);
  for (const [x, y] of found.values())
    for (const spelled of [y, y + P].filter((each) => each < 2n ** 255n))
      for (const sign of [0n, 1n]) assert.equal(isUnsafePoint(littleEndian(spelled | (sign << 255n))), true, `${x} ${y}`);
});

test("a point is on the curve exactly where the curve's equation has a root", () => {
  for (let y = 0n; y < 40n; y++) assert.equal(isOnCurve(littleEndian(y)), pointAt(y) !== undefined, `${y}`);
  assert.equal(isOnCurve(signerFromSeed(Buffer.alloc(32, 7), "a", 1).publicKey), true);
});

test("attack: a key off the curve is none, whatever the runtime makes of it", () => {
  for (let y = 2n; y < 40n; y++) {
    const key = littleEndian(y);
    assert.equal(ed25519Key(key) !== undefined, pointAt(y) !== undefined, `${y}`);
    assert.equal(verifyEd25519(key, Buffer.from("m"), Buffer.alloc(64, 1)), false);
  }
});

test("attack: a second signature made from a first: S not reduced, R of small order or in a second spelling", async () => {
  const { publicKey, sign } = signerFromSeed(Buffer.alloc(32, 7), "a", 1);
  const message = Buffer.from("countersign");
  const signature = Buffer.from(await sign(message));
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
  const withS = (s: bigint): Buffer => Buffer.concat([signature.subarray(0, 32), littleEndian(s)]);
  assert.equal(verifyEd25519(publicKey, message, withS(scalar)), true);
  for (let s = scalar + L; s < 2n ** 256n; s += L) assert.equal(verifyEd25519(publicKey, message, withS(s)), false);
  for (const r of [...SMALL_ORDER, ...NOT_CANONICAL])
    assert.equal(verifyEd25519(publicKey, message, Buffer.concat([Buffer.from(r, "hex"), signature.subarray(32)])), false, r);
});
