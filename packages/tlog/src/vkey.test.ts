// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "./hash.ts";
import { ML_DSA_44_KEY_BYTES, mlDsa44Key } from "./ml-dsa.ts";
import { signerFromSeed } from "./signer.ts";
import { formatVkey, parseVkey } from "./vkey.ts";

/** The example keys of C2SP and of Go's sumdb, that of tessera's testdata, and those of sunlight's test witnesses. */
const PUBLIC = [
  "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
  "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
  "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
  "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9",
  "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O",
];

test("vkeys of other implementations parse and print as they were, also with a plus in the base64", () => {
  for (const text of PUBLIC) {
    const key = parseVkey(text);
    assert.ok(key.ok, text);
    assert.equal(formatVkey(key.value.name, key.value.type, key.value.publicKey), text);
  }
});

test("a witness key has type byte 04: the same key under 01 is another id", () => {
  const { publicKey } = signerFromSeed(sha256(Buffer.from("skylight test witness key")), "witness.example.org", 4);
  assert.equal(formatVkey("witness.example.org", 4, publicKey), PUBLIC[3]);
  assert.notEqual(formatVkey("witness.example.org", 1, publicKey).split("+")[1], "b8a2cf20");
});

test("an ML-DSA-44 witness key has type byte 06, 1312 bytes, and a key id over all of them", () => {
  const { publicKey } = signerFromSeed(sha256(Buffer.from("pq")), "w.example", 6);
  const text = formatVkey("w.example", 6, publicKey);
  const key = parseVkey(text);
  assert.ok(key.ok);
  assert.deepEqual([key.value.type, key.value.publicKey.length], [6, 1312]);
  const id = sha256(Buffer.from("w.example\n"), Uint8Array.of(6), publicKey).subarray(0, 4);
  assert.equal(text.split("+")[1], Buffer.from(id).toString("hex"));
  const torchwoods = Buffer.from("2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0", "hex"); // the seed in its testdata
  const theirs = formatVkey("example.com/mldsa-log", 6, signerFromSeed(torchwoods, "example.com/mldsa-log", 6).publicKey);
  assert.match(theirs, /^example\.com\/mldsa-log\+b5df45c5\+BuhtcL97l3dcitjZ8Y9J54gmQ1TWn.*IvFAaqsgAAE=$/);
  assert.equal(parseVkey(formatVkey("w.example", 6, publicKey.subarray(1))).ok, false);
  assert.equal(parseVkey(formatVkey("w.example", 4, publicKey)).ok, false);
  assert.equal(parseVkey(formatVkey("w.example", 6, publicKey.subarray(0, 32))).ok, false);
});

test("a runtime without ML-DSA refuses a witness that it could never count, and says which runtime can", () => {
  const text = formatVkey("w.example", 6, signerFromSeed(sha256(Buffer.from("pq")), "w.example", 6).publicKey);
  const without = parseVkey(text, () => undefined);
  assert.equal(!without.ok && without.refusal.code, "ml-dsa-missing");
  assert.equal(parseVkey(PUBLIC[3] ?? "", () => undefined).ok, true);
  const unknown = mlDsa44Key(new Uint8Array(ML_DSA_44_KEY_BYTES), () => {
    throw new Error("error:1E08010C:DECODER routines::unsupported"); // what Node.js 20 throws
  });
  assert.equal(unknown, undefined);
});

test("wrong key ids, other types, loose base64 and unsafe points are refused", () => {
  const bad = [
    "example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    "example.com/log/testdata+33D7B496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    "example.com/log/testdatb+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkS",
    "a name+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    "",
    "a+b",
    formatVkey("small", 1, Buffer.from(`01${"00".repeat(31)}`, "hex")),
    formatVkey("non-canonical", 4, Buffer.from(`ee${"ff".repeat(30)}7f`, "hex")),
  ];
  for (const text of bad) assert.equal(parseVkey(text).ok, false, text);
});
