// SPDX-License-Identifier: Apache-2.0
// What the public transcript of another witness (litewitness, of torchwood) was asked, and what it answered: values of its log, and codes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { EMPTY_ROOT, nodeHash, sha256 } from "@countersign/tlog/hash";
import { formatNote } from "@countersign/tlog/note";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey, parseVkey, type Vkey } from "@countersign/tlog/vkey";
import { WitnessStore } from "./store.ts";
import { addCheckpoint } from "./witness.ts";

const origin = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
const logKey = Buffer.from("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f", "hex");
/** The log's signatures over its trees of 1, 3 and 5 leaves, after the key id. */
const signatures: Readonly<Record<number, string>> = {
  1: "t89lOqnFZaHKNZ24G9O8ZWqyiQxupMCuxCKV6AqgUElCNQUCZDT5h5I8zfB9RAwVLNWec25ZFNitqNek1RshBg==",
  3: "ZVu0hx0VvAUDLWfuzoiQDEhjon8ZA5O5kXY5FXf13vlxsCPZpBjDImt7fqR7M2htmzhJRR2txrB8AHxZWvHqCg==",
  5: "D8Q4mZaLSLUVCw6P560HsXwhxwVqb+OB3rDNGezhA9WbIRm12+XVTYoSYs5n8BJFxYmLS1b3R0lYBKF6LuwPDA==",
};

/** The hash of its leaf at a place is the byte 42, the place, and zeros. */
const leaf = (place: number): Uint8Array => Uint8Array.of(42, place, ...new Uint8Array(30));
const pair = nodeHash(leaf(0), leaf(1));
const four = nodeHash(pair, nodeHash(leaf(2), leaf(3)));
const roots: Readonly<Record<number, Uint8Array>> = { 1: leaf(0), 3: nodeHash(pair, leaf(2)), 5: nodeHash(four, leaf(4)) };

function keyOf(name: string, type: 1 | 4, publicKey: Uint8Array): Vkey {
  const key = parseVkey(formatVkey(name, type, publicKey));
  assert.ok(key.ok);
  return key.value;
}

const log = keyOf(origin, 1, logKey);
const signer = signerFromSeed(sha256(Buffer.from("a witness")), "example.com/witness", 4);

function noteOf(size: number, change: { readonly origin?: string; readonly payload?: Uint8Array } = {}): Uint8Array {
  const payload = change.payload ?? Buffer.from(signatures[size] ?? "", "base64");
  const text = formatCheckpoint({ origin: change.origin ?? origin, size, root: roots[size] ?? EMPTY_ROOT });
  return Buffer.from(formatNote(text, [{ name: change.origin ?? origin, keyId: log.keyId, payload }]));
}

test("the transcript of litewitness, request by request; an unknown log is 404 here, as the specification has come to say", async () => {
  assert.equal(log.keyId.toString(16), "5202289b");
  using store = new WitnessStore(":memory:");
  const witness = { store, logs: [log], signer, now: () => 1_767_139_200 };
  const ask = (old: number, proof: readonly Uint8Array[], note: Uint8Array) =>
    addCheckpoint(formatAddCheckpoint({ old, proof, note }), witness);
  const broken = Buffer.from(signatures[3] ?? "", "base64");
  broken[63] = 12;
  const oneToThree = [leaf(1), leaf(2)];
  const threeToFive = [leaf(2), leaf(3), pair, leaf(4)];
  const transcript = [
    [200, 0, [], noteOf(1)],
    [403, 1, oneToThree, noteOf(3, { payload: broken })],
    [404, 1, oneToThree, noteOf(3, { origin: origin.replace(/2$/, "3") })],
    [422, 1, [], noteOf(3)],
    [422, 1, [leaf(1), Uint8Array.from(leaf(2)).fill(16, 31)], noteOf(3)],
    [200, 1, oneToThree, noteOf(3)],
    [409, 1, [leaf(1), nodeHash(leaf(2), leaf(3)), leaf(4)], noteOf(5)],
    [200, 3, threeToFive, noteOf(5)],
    [409, 0, [], noteOf(5)],
  ] as const;
  for (const [at, [status, old, proof, note]] of transcript.entries()) {
    const answer = await ask(old, proof, note);
    assert.equal(answer.status, status, `request ${at}`);
    if (answer.status === 409) assert.equal(answer.size, at === 6 ? 3 : 5);
    if (answer.status !== 200) continue;
    const trust = { origin, log, witnesses: [keyOf(signer.name, 4, signer.publicKey)], quorum: 1 };
    assert.ok(verifyCosigned(Buffer.concat([note, Buffer.from(answer.cosignature)]), trust).ok);
  }
});
