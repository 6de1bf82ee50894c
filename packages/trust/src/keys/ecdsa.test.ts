// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { twoIntegers } from "./der.ts";
import { ecdsa } from "./ecdsa.ts";
import type { Verifier } from "./kind.ts";
import { pemOf } from "./pem.ts";

const message = Buffer.from("a message");

interface Sample {
  readonly curve: string;
  readonly digest: string;
  readonly n: bigint;
  readonly privateKey: KeyObject;
  readonly spki: Buffer;
  readonly point: Buffer;
  readonly verifier: Verifier;
  readonly read: (text: string) => Verifier | undefined;
}

const orders = [
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
];

const samples: readonly Sample[] = ["P-256", "P-384", "P-521"].map((curve, index) => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
  const spki = publicKey.export({ format: "der", type: "spki" });
  const size = [32, 48, 66][index] ?? 0;
  const kind = ecdsa[index];
  assert.ok(kind);
  const verifier = kind.read(publicKey.export({ format: "pem", type: "spki" }).toString());
  assert.ok(verifier);
  const digest = ["sha256", "sha384", "sha512"][index] ?? "";
  return { curve, digest, n: orders[index] ?? 0n, privateKey, spki, point: spki.subarray(-1 - 2 * size), verifier, read: kind.read };
});

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  const content = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return tagged(0x02, content);
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(content.length < 0x80 ? [tag, content.length] : [tag, 0x81, content.length]), content]);
}

const signatureOf = (r: bigint, s: bigint): Buffer => tagged(0x30, Buffer.concat([integer(r), integer(s)]));

for (const { curve, digest, n, privateKey, spki, point, verifier, read } of samples) {
  const signature = sign(digest, message, privateKey);
  const [r, s] = twoIntegers(signature) ?? [0n, 0n];

  test(`${curve}: signatures of its own digest verify, those of another do not, and neither does another message`, () => {
    assert.equal(verifier.verify(message, signature), true);
    assert.equal(verifier.verify(Buffer.from("another"), signature), false);
    for (const other of ["sha256", "sha384", "sha512"].filter((each) => each !== digest))
      assert.equal(verifier.verify(message, sign(other, message, privateKey)), false, other);
  });

  test(`${curve}: the bare point and any wrapping of the PEM are the same key, in one spelling`, () => {
    const base64 = spki.toString("base64");
    const wrapped = (body: string): string => `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`;
    const spellings = [point.toString("hex"), point.toString("hex").toUpperCase(), wrapped(base64), `\n${pemOf(spki)}\n`];
    for (const text of [...spellings, pemOf(spki).replaceAll("\n", "\r\n"), wrapped(base64.replace(/.{10}/g, "$& \n"))])
      assert.equal(read(text)?.spelling, pemOf(spki), text);
    assert.equal(createPublicKey(pemOf(spki)).export({ format: "pem", type: "spki" }), pemOf(spki));
  });

  test(`${curve}: attack: points off the curve, not reduced, compressed, hybrid, infinite, cut or followed by more`, () => {
    const size = (point.length - 1) / 2;
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
    const off = Buffer.from(point);
    off.writeUInt8(off.readUInt8(off.length - 1) ^ 1, off.length - 1);
    const full = Buffer.alloc(size, 0xff);
    const points = [
      off,
      Buffer.concat([Buffer.from([4]), full, y]),
      Buffer.concat([Buffer.from([2 + ((y.at(-1) ?? 0) & 1)]), x]),
      Buffer.concat([Buffer.from([6 + ((y.at(-1) ?? 0) & 1)]), x, y]),
      Buffer.from([0]),
      Buffer.alloc(point.length),
      Buffer.concat([Buffer.from([4]), Buffer.alloc(2 * size)]),
      point.subarray(0, -1),
      Buffer.concat([point, Buffer.from([0])]),
      Buffer.concat([Buffer.from([4]), y, x]),
    ];
    for (const bad of points) {
      assert.equal(read(bad.toString("hex")), undefined, bad.toString("hex"));
      assert.equal(read(pemOf(Buffer.concat([spki.subarray(0, spki.length - point.length), bad]))), undefined, bad.toString("hex"));
    }
    const odd = "-----BEGIN PUBLIC KEY-----\nQUJD=\n-----END PUBLIC KEY-----\n";
    for (const text of ["", "zz", odd, `${pemOf(spki)}${pemOf(spki)}`, pemOf(spki).replace("PUBLIC", "PRIVATE")])
      assert.equal(read(text), undefined, text);
  });

  test(`${curve}: attack: a second spelling of a good signature`, () => {
    const body = Buffer.concat([integer(r), integer(s)]);
    const padded = (value: bigint): Buffer => {
      const content = integer(value);
      const start = 2; // the integers of these curves are all shorter than 128 bytes
      return tagged(0x02, Buffer.concat([Buffer.from([0]), content.subarray(start)]));
    };
    const spellings: Readonly<Record<string, Buffer>> = {
      "long length": Buffer.concat([Buffer.from([0x30, 0x82, 0, body.length]), body]),
      "indefinite length": Buffer.concat([Buffer.from([0x30, 0x80]), body, Buffer.from([0, 0])]),
      "padded r": tagged(0x30, Buffer.concat([padded(r), integer(s)])),
      "padded s": tagged(0x30, Buffer.concat([integer(r), padded(s)])),
      "something after": Buffer.concat([signature, Buffer.from([0])]),
      "something inside": tagged(0x30, Buffer.concat([body, integer(1n)])),
      "one integer": tagged(0x30, integer(r)),
      "a set": Buffer.concat([Buffer.from([0x31]), signature.subarray(1)]),
      "raw r and s": Buffer.from(r.toString(16).padStart(132, "0") + s.toString(16).padStart(132, "0"), "hex"),
      "r plus n": signatureOf(r + n, s),
      "s plus n": signatureOf(r, s + n),
    };
    assert.deepEqual(signatureOf(r, s), signature);
    for (const [how, bytes] of Object.entries(spellings)) assert.equal(verifier.verify(message, bytes), false, how);
  });

  test(`${curve}: attack: r or s of zero, of the order, or beyond it`, () => {
    for (const value of [0n, n, n + 1n, 2n * n]) {
      assert.equal(verifier.verify(message, signatureOf(value, s)), false);
      assert.equal(verifier.verify(message, signatureOf(r, value)), false);
      assert.equal(verifier.verify(message, signatureOf(value, value)), false);
    }
  });

  test(`${curve}: a high s is accepted, as hardware makes one half of the time`, () => {
    assert.equal(verifier.verify(message, signatureOf(r, n - s)), true);
    assert.equal(verifier.verify(message, signatureOf(r, s)), true);
  });
}

test("whatever bytes: nothing verifies by chance, nothing throws, and what is read as two integers is written in no other way", () => {
  const signatures = samples.map(({ digest, privateKey, verifier }) => ({ verifier, good: sign(digest, message, privateKey) }));
  fc.assert(
    fc.property(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, change) => {
      const { verifier, good } = signatures[which] ?? { verifier: undefined, good: Buffer.alloc(0) };
      const bytes = Buffer.from(good);
      bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ change, at % bytes.length);
      return verifier?.verify(message, bytes) === false;
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 160 }), (bytes) => {
      const read = twoIntegers(bytes);
      return read === undefined || signatureOf(...read).equals(bytes);
    }),
  );
});
