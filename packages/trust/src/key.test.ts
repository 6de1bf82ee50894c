// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { type Decoder, decode, decodeBytes } from "./decode.ts";
import { foreignKey, keyidOf, keyValueOf, type PublicKey, publicKey, sidecarKey, verifySignature } from "./key.ts";

const message = Buffer.from("a message");
const pemOf = (key: KeyObject): string => key.export({ format: "pem", type: "spki" }).toString();
const key = (keytype: string, scheme: string, spelled: string) => ({ keytype, scheme, keyval: { public: spelled } }) as PublicKey;

interface Sample {
  readonly key: PublicKey;
  readonly signature: string;
}

const ed = generateKeyPairSync("ed25519");
const edHex = ed.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
const ec = (["P-256", "P-384", "P-521"] as const).map((namedCurve) => generateKeyPairSync("ec", { namedCurve }));
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pss = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

const ecSamples = ec.map(({ publicKey, privateKey }, at): Sample => {
  const scheme = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"][at] ?? "";
  const digest = ["sha256", "sha384", "sha512"][at] ?? "";
  return { key: key("ecdsa", scheme, pemOf(publicKey)), signature: sign(digest, message, privateKey).toString("hex") };
});
const classical: readonly Sample[] = [
  { key: key("ed25519", "ed25519", edHex), signature: sign(null, message, ed.privateKey).toString("hex") },
  ...ecSamples,
  { key: key("rsa", "rsassa-pss-sha256", pemOf(rsa.publicKey)), signature: sign("sha256", message, pss).toString("hex") },
];
const postQuantum = (["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] as const).map((scheme): Sample => {
  const pair = generateKeyPairSync(scheme);
  const raw = Buffer.from(String(pair.publicKey.export({ format: "jwk" })["pub"]), "base64url").toString("hex");
  return { key: key("ml-dsa", scheme, raw), signature: sign(null, message, pair.privateKey).toString("hex") };
});
const all = [...classical, ...postQuantum];

const accepted = (decoder: Decoder<unknown>, value: unknown): boolean => decode(decoder, value, "key").ok;
const foreign = (value: unknown) => {
  const read = decode(foreignKey, value, "key");
  assert.ok(read.ok);
  return read.value;
};

test("every kind of key verifies its own message and no other key's, decoded or not", () => {
  for (const sample of all)
    for (const other of all) {
      assert.equal(verifySignature(sample.key, message, other.signature), sample === other);
      assert.equal(verifySignature(sample.key, Buffer.from("b message"), other.signature), false);
    }
  for (const { key, signature } of all) {
    const read = decode(key.keytype === "ml-dsa" ? sidecarKey : publicKey, structuredClone(key), "key");
    assert.ok(read.ok);
    assert.deepEqual(read.value, key);
    assert.equal(verifySignature(read.value, message, signature), true);
  }
});

test("metadata is signed by classical keys, which stock clients read; sidecars by ML-DSA keys", () => {
  for (const { key } of classical) assert.deepEqual([accepted(publicKey, key), accepted(sidecarKey, key)], [true, false]);
  for (const { key } of postQuantum) assert.deepEqual([accepted(publicKey, key), accepted(sidecarKey, key)], [false, true]);
  for (const { key } of postQuantum) assert.equal(foreign(key).keytype, "unusable");
});

test("attack: something more inside a key: it would be another key to whoever names it by the digest of all of it", () => {
  for (const { key } of all) {
    const decoder = key.keytype === "ml-dsa" ? sidecarKey : publicKey;
    assert.equal(accepted(decoder, key), true);
    assert.equal(accepted(decoder, { ...key, more: 1 }), false);
    assert.equal(accepted(decoder, { ...key, keyval: { ...key.keyval, more: 1 } }), false);
  }
  for (const { key } of classical)
    assert.deepEqual(foreign({ ...key, more: 1, keyval: { ...key.keyval, more: 1 } }), key, "in others' documents TUF allows it");
});

test("a key identifier is the digest of the key as TUF writes it", () => {
  const known = key("ed25519", "ed25519", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  assert.equal(keyidOf(known), "74c181c7ad8a0855d4b55e44d2ba87aabdddb196832571f15f92fece332e4916");
});

test("attack: a second spelling of a key would be a second voice: ours have one, and others' are brought to it", () => {
  const pem = ecSamples[0]?.key.keyval.public ?? "";
  const raw = ec[0]?.publicKey.export({ format: "der", type: "spki" }).subarray(-65).toString("hex") ?? "";
  const scheme = "ecdsa-sha2-nistp256";
  const wrap = (body: string): string => `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
  const oneLine = wrap(pem.split("\n").slice(1, -2).join(""));
  const spellings = [pem.trimEnd(), `${pem}\n`, `\n${pem}`, pem.replaceAll("\n", "\r\n"), oneLine, raw, raw.toUpperCase()];
  const ours = foreign(key("ecdsa", scheme, pem));
  const seconds = [
    ...spellings.map((spelled) => key("ecdsa", scheme, spelled)),
    ...[pem, ...spellings].map((spelled) => key(scheme, scheme, spelled)),
  ];
  for (const second of seconds) {
    assert.equal(accepted(publicKey, second), false, second.keyval.public);
    assert.equal(verifySignature(second, message, ecSamples[0]?.signature ?? ""), false, "unread, it is nobody's key");
    assert.equal(keyValueOf(foreign(second)), keyValueOf(ours));
    assert.equal(verifySignature(foreign(second), message, ecSamples[0]?.signature ?? ""), true);
  }
  for (const spelled of [edHex.toUpperCase(), pemOf(ed.publicKey)]) {
    assert.equal(accepted(publicKey, key("ed25519", "ed25519", spelled)), false);
    assert.equal(keyValueOf(foreign(key("ed25519", "ed25519", spelled))), `ed25519:${edHex}`);
  }
});

test("somebody else's key that we cannot use is kept, verifies nothing, and is nobody else", () => {
  const pem = pemOf(rsa.publicKey);
  const unusable = [
    { keytype: "sphincs", scheme: "sphincs-shake-128s", keyval: { public: "00" } },
    { keytype: "rsa", scheme: "rsa-pkcs1v15-sha256", keyval: { public: pem } },
    { keytype: "rsa", scheme: "rsassa-pss-sha512", keyval: { public: pem } },
    { keytype: "ed25519", scheme: "ecdsa-sha2-nistp256", keyval: { public: edHex } },
    { keytype: "ecdsa-sha2-nistp384", scheme: "ecdsa-sha2-nistp256", keyval: { public: pemOf((ec[0] ?? rsa).publicKey) } },
    { keytype: "sigstore-oidc", scheme: "Fulcio", keyval: { identity: "a", issuer: "b" } },
    { keytype: "sigstore-oidc", scheme: "Fulcio", keyval: { identity: "c", issuer: "b" } },
    { keytype: "ed25519", scheme: "ed25519", keyval: { public: 7 } },
    { keytype: "ed25519", scheme: "ed25519", keyval: { public: "00".repeat(32) } },
  ];
  const read = unusable.map(foreign);
  for (const each of read) {
    assert.equal(each.keytype, "unusable");
    for (const { signature } of all) assert.equal(verifySignature(each, message, signature), false);
  }
  assert.equal(new Set(read.map(keyValueOf)).size, unusable.length);
  assert.ok(unusable.every((each) => !accepted(publicKey, each)));
  for (const malformed of [{}, null, "key", { keytype: "ed25519", scheme: 7, keyval: {} }, { keytype: "rsa", scheme: "x", keyval: "y" }])
    assert.equal(accepted(foreignKey, malformed), false);
});

test("a key of very many members that we cannot use is kept whole as well", () => {
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x${at}`, at]));
  const read = ["a", "b"].map((spelled) => {
    const given = { ...wide, keytype: "sphincs", scheme: "sphincs", keyval: { public: spelled } };
    return decodeBytes(foreignKey, Buffer.from(JSON.stringify(given)), "key");
  });
  const [one, other] = read.map((each) => each.ok && keyValueOf(each.value));
  assert.ok(one && other && one !== other);
});

test("attack: ed25519 points of small order, off the curve, and in a second spelling", () => {
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
    assert.equal(accepted(publicKey, key("ed25519", "ed25519", point)), false, point);
    assert.equal(verifySignature(key("ed25519", "ed25519", point), message, "01".padEnd(128, "0")), false);
    assert.equal(foreign(key("ed25519", "ed25519", point)).keytype, "unusable");
  }
  const off = key("ed25519", "ed25519", "02".padEnd(64, "0")); // y = 2 has no x
  assert.ok(accepted(publicKey, off), "found at its first use only");
  for (const { signature } of all) assert.equal(verifySignature(off, message, signature), false);
});

test("attack: another curve, another type, a private key, or a scheme of another type", () => {
  const [p256, p384] = ec;
  assert.ok(p256 && p384);
  const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
  const secret = p256.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  for (const spelled of [pemOf(koblitz), pemOf(p384.publicKey), secret, pemOf(ed.publicKey), pemOf(rsa.publicKey), "", edHex])
    assert.equal(accepted(publicKey, key("ecdsa", "ecdsa-sha2-nistp256", spelled)), false);
  for (const [keytype, scheme] of [
    ["ed25519", "ecdsa-sha2-nistp256"],
    ["rsa", "ed25519"],
    ["ml-dsa", "ed25519"],
    ["ecdsa", "ecdsa"],
  ] as const)
    assert.equal(accepted(publicKey, key(keytype, scheme, edHex)), false);
});

test("whatever JSON stands where a key should: a key, an unusable one or a refusal, and never an exception", () => {
  const member = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(...all.flatMap(({ key }) => [key.keytype, key.scheme, key.keyval.public])),
  );
  fc.assert(
    fc.property(member, member, member, fc.jsonValue(), (keytype, scheme, spelled, anything) => {
      for (const value of [{ keytype, scheme, keyval: { public: spelled } }, anything]) {
        const read = decode(foreignKey, value, "key");
        if (read.ok) verifySignature(read.value, message, all[0]?.signature ?? "");
        assert.ok(!accepted(publicKey, value) || (read.ok && read.value.keytype !== "unusable"));
        accepted(sidecarKey, value);
      }
    }),
  );
});

test("garbage, short, long and altered signatures verify nothing and never throw", () => {
  for (const { key, signature } of all) {
    for (const text of [
      "",
      "0",
      "zz",
      signature.slice(2),
      `${signature}00`,
      signature.toUpperCase(),
      ` ${signature}`,
      `${signature}\n`,
      "ab".repeat(1_000_000),
    ])
      assert.equal(verifySignature(key, message, text), text === signature, text.slice(0, 20));
    const good = Buffer.from(signature, "hex");
    fc.assert(
      fc.property(fc.nat(good.length * 8 - 1), (bit) => {
        const altered = Buffer.from(good);
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return !verifySignature(key, message, altered.toString("hex"));
      }),
      { numRuns: 50 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => !verifySignature(key, message, Buffer.from(bytes).toString("hex"))));
  }
});
