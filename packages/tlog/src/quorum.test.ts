// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT, sha256 } from "./hash.ts";
import { formatNote, formatSignature, type NoteSignature } from "./note.ts";
import { verifyCheckpoint, verifyCosigned } from "./quorum.ts";
import { cosign, signerFromSeed, signNote } from "./signer.ts";
import { keyIdOf, parseVkey, type Vkey } from "./vkey.ts";

const ORIGIN = "log.example";
const TEXT = formatCheckpoint({ origin: ORIGIN, size: 0, root: EMPTY_ROOT });
const BYTES = Buffer.from(TEXT);

const seed = (label: string) => sha256(Buffer.from(label));
const signer = (name: string, type: 1 | 4) => signerFromSeed(seed(name), name, type);
function keyOf({ name, type, publicKey }: ReturnType<typeof signer>): Vkey {
  return { name, type, publicKey, keyId: keyIdOf(name, type, publicKey) };
}

const log = signer(ORIGIN, 1);
const [w1, w2, w3] = [signer("w1", 4), signer("w2", 4), signer("w3", 4)];
const trust = { origin: ORIGIN, log: keyOf(log), witnesses: [w1, w2, w3].map(keyOf), quorum: 2 };

const signed = await signNote(BYTES, log);
const [c1, c2, c3] = [await cosign(BYTES, 1000, w1), await cosign(BYTES, 3000, w2), await cosign(BYTES, 2000, w3)];

function verdict(signatures: readonly NoteSignature[], changes: Partial<typeof trust> = {}) {
  const outcome = verifyCosigned(Buffer.from(formatNote(TEXT, signatures)), { ...trust, ...changes });
  return outcome.ok ? outcome.value.times : outcome.refusal.code;
}

test("a quorum of distinct witnesses is accepted, with their times, newest first", () => {
  assert.deepEqual(verdict([signed, c1, c2, c3]), [3000, 2000, 1000]);
  assert.deepEqual(verdict([c3, signed, c1]), [2000, 1000]);
});

test("one witness does not make two: not by repeating, and not under a second name", async () => {
  const alias = { ...w1, name: "alias" };
  const again = await cosign(BYTES, 1500, w1);
  assert.equal(verdict([signed, c1, c1]), "witness-quorum-missing");
  assert.deepEqual(verdict([signed, c1, again], { quorum: 1 }), [1500]);
  const witnesses = [keyOf(w1), keyOf(alias)];
  assert.equal(verdict([signed, c1, await cosign(BYTES, 1000, alias)], { witnesses }), "witness-quorum-missing");
});

test("a cosignature with time 0 claims no freshness and does not count", async () => {
  assert.equal(verdict([signed, c1, await cosign(BYTES, 0, w2)]), "witness-quorum-missing");
});

test("an unknown signature is ignored, also one with a known name and another key id", async () => {
  const stranger = await cosign(BYTES, 5000, signer("stranger", 4));
  const pretender = await cosign(BYTES, 5000, signerFromSeed(seed("pretender"), "w3", 4));
  assert.deepEqual(verdict([signed, c1, c2, stranger, pretender]), [3000, 1000]);
});

test("a known name and key id that does not verify refuses the whole note, quorum or not", () => {
  const broken = { ...c3, payload: c2.payload };
  const short = { ...c3, payload: c3.payload.subarray(1) };
  assert.equal(verdict([signed, c1, c2, broken]), "signature-invalid");
  assert.equal(verdict([signed, c1, c2, short]), "signature-invalid");
  assert.equal(verdict([signed, { ...signed, payload: c1.payload }, c1, c2]), "signature-invalid");
});

test("a cosigned time cannot be moved", () => {
  const moved = Buffer.from(c1.payload);
  moved.writeBigUInt64BE(9_999_999n);
  assert.equal(verdict([signed, { ...c1, payload: moved }, c2]), "signature-invalid");
});

test("witnesses without the log's own signature are not enough", () => {
  assert.equal(verdict([c1, c2, c3]), "log-signature-missing");
});

test("the checkpoint of another log of the same key is refused", () => {
  assert.equal(verdict([signed, c1, c2], { origin: "other.example" }), "checkpoint-origin");
});

test("quorum 0, a witness key of the wrong type, and the log as its own witness are refused as trust", () => {
  for (const quorum of [0, -1, 1.5, Number.NaN]) assert.equal(verdict([signed, c1, c2], { quorum }), "trust-malformed");
  assert.equal(verdict([signed, c1, c2], { witnesses: [keyOf({ ...w1, type: 1 })] }), "trust-malformed");
  assert.equal(verdict([signed, c1, c2], { witnesses: [keyOf({ ...log, type: 4 }), keyOf(w1)] }), "trust-malformed");
  assert.equal(verdict([signed, c1, c2], { log: keyOf({ ...log, type: 4 }) }), "trust-malformed");
});

test("tessera's signed checkpoint of size 15 opens, and a worked cosignature over it verifies", async () => {
  const note = [
    "example.com/log/testdata",
    "15",
    "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=",
    "",
    "\u2014 example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=",
    "",
  ].join("\n");
  const logKey = parseVkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
  const witnessKey = parseVkey("witness.example/w1+64a33047+BF1PKVcDe9kJxjkQuqHN7mPo25cc7Of/xLRk0x/4KBkk");
  assert.ok(logKey.ok && witnessKey.ok);
  const opened = verifyCheckpoint(Buffer.from(note), "example.com/log/testdata", logKey.value);
  assert.ok(opened.ok);
  assert.equal(opened.value.checkpoint.size, 15);

  const witness = signerFromSeed(seed("example witness seed 1"), "witness.example/w1", 4);
  const line = formatSignature(await cosign(opened.value.note.textBytes, 1767139200, witness));
  assert.equal(
    line,
    "\u2014 witness.example/w1 ZKMwRwAAAABpVGeAP1o9FuosTj3aK0Aow2l4CMwP5t+fymY9qTUQQ8CHs+W8CJej1MDeXnsw1xns5dhF2CjrZSzbAK6jEFZHhnW/Aw==\n",
  );
  const cosigned = verifyCosigned(Buffer.from(note + line), {
    origin: "example.com/log/testdata",
    log: logKey.value,
    witnesses: [witnessKey.value],
    quorum: 1,
  });
  assert.ok(cosigned.ok);
  assert.deepEqual(cosigned.value.times, [1767139200]);
});

test("sunlight's witness signed the same bytes that we would", async () => {
  const text = Buffer.from("rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n");
  const witness = signerFromSeed(seed("skylight test witness key"), "witness.example.org", 4);
  assert.equal(
    formatSignature(await cosign(text, 1767139200, witness)),
    "\u2014 witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==\n",
  );
});
