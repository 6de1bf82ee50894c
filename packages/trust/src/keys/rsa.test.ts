// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { test } from "node:test";
import { element } from "./der.ts";
import { pemOf } from "./pem.ts";
import { rsa } from "./rsa.ts";

const message = Buffer.from("a message");
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
const padding = constants.RSA_PKCS1_PSS_PADDING;

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

const rsaEncryption = Buffer.from("300d06092a864886f70d0101010500", "hex");
const spkiOf = (modulus: bigint, exponent: bigint, algorithm = rsaEncryption): Buffer => {
  const numbers = tagged(0x30, Buffer.concat([integer(modulus), integer(exponent)]));
  return tagged(0x30, Buffer.concat([algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), numbers]))]));
};
const reads = (spki: Buffer): boolean => rsa.read(pemOf(spki)) !== undefined;

/** An odd number of exactly so many bits; that nobody knows its factors does not matter to a reader. */
function odd(bits: number): bigint {
  return (BigInt(`0x${randomBytes(Math.ceil(bits / 8)).toString("hex")}`) % 2n ** BigInt(bits - 1)) | 1n | (1n << BigInt(bits - 1));
}

test("signatures with 32 bytes of salt verify; with another salt, digest, padding or message they do not", () => {
  const verifier = rsa.read(pem);
  assert.equal(verifier?.spelling, pem);
  const signed = (digest: string, saltLength: number): Buffer => sign(digest, message, { key: privateKey, padding, saltLength });
  assert.equal(verifier.verify(message, signed("sha256", 32)), true);
  assert.equal(verifier.verify(Buffer.from("another"), signed("sha256", 32)), false);
  for (const saltLength of [0, 20, 31, 33, 64])
    assert.equal(verifier.verify(message, signed("sha256", saltLength)), false, `${saltLength}`);
  for (const digest of ["sha1", "sha384"]) assert.equal(verifier.verify(message, signed(digest, 32)), false, digest);
  assert.equal(verifier.verify(message, sign("sha256", message, privateKey)), false, "PKCS #1 v1.5");
  const good = signed("sha256", 32);
  for (const bytes of [
    good.subarray(1),
    Buffer.concat([Buffer.from([0]), good]),
    Buffer.alloc(256, 0xff),
    Buffer.alloc(256),
    Buffer.alloc(0),
  ])
    assert.equal(verifier.verify(message, bytes), false);
});

test("2048 to 8192 bits, and no other", () => {
  for (const bits of [2048, 3072, 4096, 8192]) assert.equal(reads(spkiOf(odd(bits), 65537n)), true, `${bits}`);
  for (const bits of [512, 1024, 2047, 8193, 16384]) assert.equal(reads(spkiOf(odd(bits), 65537n)), false, `${bits}`);
});

test("attack: a small, even or huge exponent, and an even modulus", () => {
  const modulus = odd(2048);
  for (const exponent of [65537n, 65539n, 2n ** 32n + 1n, 2n ** 256n - 1n])
    assert.equal(reads(spkiOf(modulus, exponent)), true, `${exponent}`);
  for (const exponent of [1n, 3n, 17n, 65535n, 65536n, 65538n, 2n ** 256n + 1n, modulus])
    assert.equal(reads(spkiOf(modulus, exponent)), false, `${exponent}`);
  assert.equal(reads(spkiOf(modulus - 1n, 65537n)), false);
  for (const [bits, exponent, taken] of [
    [3072, 2n ** 256n - 1n, true],
    [3073, 2n ** 64n - 1n, true],
    [3073, 2n ** 64n + 1n, false],
    [8192, 2n ** 256n - 1n, false],
  ] as const)
    assert.equal(reads(spkiOf(odd(bits), exponent)), taken, `${bits} bits, ${exponent}: OpenSSL computes with it, or never does`);
});

test("attack: another algorithm, one without its NULL, unused bits, and bytes after the key", () => {
  const spki = spkiOf(odd(2048), 65537n);
  assert.equal(reads(spki), true);
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey.export({ format: "der", type: "spki" });
  const noNull = spkiOf(odd(2048), 65537n, Buffer.from("300b06092a864886f70d010101", "hex"));
  const unused = Buffer.from(spki);
  const bits = element(unused, (element(unused, 0, 0x30)?.start ?? 0) + rsaEncryption.length, 0x03);
  unused.writeUInt8(1, bits?.start ?? 0);
  for (const bad of [pss, noNull, unused, Buffer.concat([spki, Buffer.from([0])]), spki.subarray(0, -1)]) assert.equal(reads(bad), false);
});
