// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCheckpoint } from "./checkpoint.ts";
import { cosignatureMessage, parseCosignature, verifyCosignature } from "./cosignature.ts";
import { leafHash, sha256 } from "./hash.ts";
import { formatNote, type NoteSignature } from "./note.ts";
import { verifyCosigned } from "./quorum.ts";
import { cosign, type NoteSigner, signerFromSeed, signNote } from "./signer.ts";
import { keyIdOf, type Vkey } from "./vkey.ts";

const ORIGIN = "log.example";
const root = leafHash(Buffer.from("one"));
const TEXT = formatCheckpoint({ origin: ORIGIN, size: 1, root });
const BYTES = Buffer.from(TEXT);
const signer = (name: string, type: 1 | 4 | 6) => signerFromSeed(sha256(Buffer.from(name)), name, type);
const keyOf = ({ name, type, publicKey }: NoteSigner): Vkey => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });

const log = signer(ORIGIN, 1);
const [w1, pq] = [signer("w1", 4), signer("pq", 6)];
const signed = await signNote(BYTES, log);
const trust = { origin: ORIGIN, log: keyOf(log), witnesses: [keyOf(w1), keyOf(pq)], quorum: 2 };

function verdict(...cosignatures: readonly NoteSignature[]) {
  const outcome = verifyCosigned(Buffer.from(formatNote(TEXT, [signed, ...cosignatures])), trust);
  return outcome.ok ? outcome.value.times : outcome.refusal.code;
}

test("subtree/v1, byte by byte: label, name, time, origin, from 0 to the size, root", () => {
  const expected = [
    "737562747265652f76310a00", // "subtree/v1", a newline, a zero
    "027071",
    "0000000069546780",
    "0b6c6f672e6578616d706c65",
    "0000000000000000",
    "0000000000000001",
    Buffer.from(root).toString("hex"),
  ].join("");
  assert.equal(Buffer.from(cosignatureMessage(1767139200, BYTES, pq) ?? []).toString("hex"), expected);
});

test("an ML-DSA cosignature is 8 bytes of time and 2420 of signature, and counts beside those of Ed25519", async () => {
  const cosignature = await cosign(BYTES, 1000, pq);
  assert.equal(cosignature.payload.length, 2428);
  assert.deepEqual(verdict(cosignature, await cosign(BYTES, 3000, w1)), [3000, 1000]);
  assert.equal(parseCosignature(cosignature.payload, 4), undefined);
  assert.equal(parseCosignature((await cosign(BYTES, 1, w1)).payload, 6), undefined);
});

test("attack: an ML-DSA cosignature moved in time, to another tree, or under another name; half of one; one that claims no time", async () => {
  const [own, other] = [await cosign(BYTES, 1000, pq), await cosign(BYTES, 1000, w1)];
  const later = Buffer.from(own.payload);
  later.writeBigUInt64BE(2000n);
  assert.equal(verdict({ ...own, payload: later }, other), "signature-invalid");
  assert.equal(verdict({ ...own, payload: own.payload.subarray(1) }, other), "signature-invalid");
  const larger = Buffer.from(formatCheckpoint({ origin: ORIGIN, size: 2, root }));
  assert.equal(verdict(await cosign(larger, 1000, pq), other), "signature-invalid");
  const elsewhere = Buffer.from(formatCheckpoint({ origin: "other.example", size: 1, root }));
  assert.equal(verdict(await cosign(elsewhere, 1000, pq), other), "signature-invalid");
  const renamed = { ...(await cosign(BYTES, 1000, { ...pq, name: "qp" })), name: "pq", keyId: own.keyId };
  assert.equal(verdict(renamed, other), "signature-invalid");
  assert.equal(verdict(await cosign(BYTES, 0, pq), other), "witness-quorum-missing");
});

test("extension lines are under an Ed25519 cosignature and not under one of ML-DSA", async () => {
  const extended = Buffer.from(`${TEXT}extension\n`);
  const verifies = async (by: NoteSigner) => {
    const read = parseCosignature((await cosign(BYTES, 1000, by)).payload, by.type);
    return read !== undefined && verifyCosignature(keyOf(by), read, extended);
  };
  assert.deepEqual([await verifies(w1), await verifies(pq)], [false, true]);
});

test("what subtree/v1 cannot say is not cosigned: a text that is no checkpoint, an origin above 255 bytes", async () => {
  for (const text of ["no checkpoint\n", formatCheckpoint({ origin: "o".repeat(256), size: 1, root })])
    await assert.rejects(cosign(Buffer.from(text), 1000, pq), TypeError);
});
