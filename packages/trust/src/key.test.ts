// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { decode } from "./decode.ts";
import { keyidOf, type PublicKey, publicKey, verifySignature } from "./key.ts";

const message = Buffer.from("a message");
const ed = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const edKey: PublicKey = {
  keytype: "ed25519",
  scheme: "ed25519",
  keyval: { public: ed.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex") },
};
const pem = ec.publicKey.export({ format: "pem", type: "spki" }).toString();
const ecKey: PublicKey = { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: pem } };
const signatures = [
  [edKey, sign(null, message, ed.privateKey)],
  [ecKey, sign("sha256", message, ec.privateKey)],
] as const;

const accepted = (key: unknown): boolean => decode(publicKey, key, "key").ok;

test("ed25519 and P-256 signatures verify, over their own message and with their own key only", () => {
  for (const [key, signature] of signatures) {
    assert.ok(accepted(key));
    assert.equal(verifySignature(key, message, signature.toString("hex")), true);
    assert.equal(verifySignature(key, Buffer.from("b message"), signature.toString("hex")), false);
    const other = key === edKey ? ecKey : edKey;
    assert.equal(verifySignature(other, message, signature.toString("hex")), false);
  }
});

test("a key identifier is the digest of the key as TUF writes it", () => {
  const known: PublicKey = {
    keytype: "ed25519",
    scheme: "ed25519",
    keyval: { public: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" },
  };
  assert.equal(keyidOf(known), "74c181c7ad8a0855d4b55e44d2ba87aabdddb196832571f15f92fece332e4916");
});

test("attack: points of small order, and second spellings of a point", () => {
  const key = (point: string) => ({ ...edKey, keyval: { public: point } });
  const unsafe = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  ];
  for (const point of unsafe) {
    assert.equal(accepted(key(point)), false, point);
    assert.equal(verifySignature(key(point), message, "01".padEnd(128, "0")), false);
  }
  assert.equal(accepted(key(edKey.keyval.public.toUpperCase())), false);
  assert.equal(accepted(key(`${edKey.keyval.public} `)), false);
});

test("attack: one P-256 key in two spellings would be two voices", () => {
  const raw = ec.publicKey.export({ format: "der", type: "spki" }).subarray(-64);
  const compressed = Buffer.concat([
    Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex"),
    Buffer.from([2 + ((raw.at(-1) ?? 0) & 1)]),
    raw.subarray(0, 32),
  ]).toString("base64");
  const base64 = pem.split("\n").slice(1, -2).join("");
  const wrap = (lines: string) => `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
  const spellings = [pem.trimEnd(), `${pem}\n`, `\n${pem}`, pem.replaceAll("\n", "\r\n"), wrap(base64), wrap(compressed), `${pem}${pem}`];
  for (const spelling of spellings) assert.equal(accepted({ ...ecKey, keyval: { public: spelling } }), false, spelling);
});

test("attack: another curve, another type, a private key, or a scheme of another type", () => {
  const pemOf = (curve: string) =>
    generateKeyPairSync("ec", { namedCurve: curve }).publicKey.export({ format: "pem", type: "spki" }).toString();
  const secret = ec.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const edPem = ed.publicKey.export({ format: "pem", type: "spki" }).toString();
  for (const text of [pemOf("secp256k1"), pemOf("P-384"), secret, edPem, "", edKey.keyval.public])
    assert.equal(accepted({ ...ecKey, keyval: { public: text } }), false);
  assert.equal(accepted({ ...edKey, scheme: "ecdsa-sha2-nistp256" }), false);
  assert.equal(accepted({ ...ecKey, keytype: "ed25519" }), false);
  assert.equal(accepted({ ...edKey, keytype: "rsa", scheme: "rsassa-pss-sha256" }), false);
});

test("garbage, short, long and altered signatures verify nothing and never throw", () => {
  for (const [key, signature] of signatures) {
    const hex = signature.toString("hex");
    for (const text of ["", "0", "zz", hex.slice(2), `${hex}00`, hex.toUpperCase(), ` ${hex}`, `${hex}\n`, "ab".repeat(1_000_000)])
      assert.equal(verifySignature(key, message, text), text === hex, text.slice(0, 20));
    fc.assert(
      fc.property(fc.nat(signature.length * 8 - 1), (bit) => {
        const altered = Buffer.from(signature);
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return !verifySignature(key, message, altered.toString("hex"));
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => !verifySignature(key, message, Buffer.from(bytes).toString("hex"))));
  }
});

test("attack: an ed25519 signature whose scalar is not reduced", () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const signature = Buffer.from(signatures[0][1]);
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + order;
  const twin = Buffer.concat([signature.subarray(0, 32), Buffer.from(scalar.toString(16).padStart(64, "0"), "hex").reverse()]);
  assert.equal(verifySignature(edKey, message, twin.toString("hex")), false);
});
