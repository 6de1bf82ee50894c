// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT, leafHash, nodeHash, sha256 } from "./hash.ts";
import { formatNote } from "./note.ts";
import { formatTlogProof, parseTlogProof, verifyTlogProof } from "./proof.ts";
import { cosign, signerFromSeed, signNote } from "./signer.ts";
import { keyIdOf } from "./vkey.ts";

const log = signerFromSeed(sha256(Buffer.from("log")), "log.example", 1);
const witness = signerFromSeed(sha256(Buffer.from("witness")), "witness.example", 4);
const vkey = ({ name, type, publicKey }: typeof log) => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });
const trust = { origin: "log.example", log: vkey(log), witnesses: [vkey(witness)], quorum: 1 };

const [zero, one] = [Buffer.from("entry 0"), Buffer.from("entry 1")];
const text = formatCheckpoint({ origin: "log.example", size: 2, root: nodeHash(leafHash(zero), leafHash(one)) });
const note = formatNote(text, [await signNote(Buffer.from(text), log), await cosign(Buffer.from(text), 7, witness)]);
const proof = formatTlogProof({ index: 1, hashes: [leafHash(zero)], note });

test("an entry is proven offline, from the proof, the entry and the trusted keys alone", () => {
  const proven = verifyTlogProof(proof, one, trust);
  assert.ok(proven.ok);
  assert.equal(proven.value.index, 1);
  assert.equal(proven.value.cosigned.checkpoint.size, 2);
  assert.deepEqual(proven.value.cosigned.times, [7]);
  assert.equal(proven.value.cosigned.note, note);
});

test("another entry, index, hash or quorum is refused", () => {
  const code = (changed: string, entry: Uint8Array = one, quorum = 1) => {
    const outcome = verifyTlogProof(changed, entry, { ...trust, quorum });
    return outcome.ok ? "ok" : outcome.refusal.code;
  };
  assert.equal(code(proof, zero), "inclusion-unproven");
  assert.equal(code(formatTlogProof({ index: 0, hashes: [leafHash(zero)], note })), "inclusion-unproven");
  assert.equal(code(formatTlogProof({ index: 1, hashes: [EMPTY_ROOT], note })), "inclusion-unproven");
  assert.equal(code(formatTlogProof({ index: 1, hashes: [], note })), "inclusion-unproven");
  assert.equal(code(proof, one, 2), "witness-quorum-missing");
  assert.equal(code(proof, one, 0), "trust-malformed");
});

test("a proof file prints as it was, with and without extra bytes", () => {
  for (const extra of [undefined, Buffer.from("anything")]) {
    const printed = formatTlogProof({ index: 1, hashes: [leafHash(zero)], note, ...(extra ? { extra } : {}) });
    const parsed = parseTlogProof(printed);
    assert.ok(parsed.ok);
    assert.equal(formatTlogProof(parsed.value), printed);
  }
});

test("every other form of a proof file is refused", () => {
  const hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  for (const bad of [
    "",
    proof.replace("@v1", "@v2"),
    proof.slice(proof.indexOf("\n") + 1),
    proof.replace("index 1", "index 01"),
    proof.replace("index 1", "index -1"),
    proof.replace("index 1\n", ""),
    proof.replace("index 1\n", "index 1\nextra AAAA\n"),
    proof.replace("index 1\n", "extra AAA\nindex 1\n"),
    proof.replace("index 1\n", "index 1\nAAAA\n"),
    proof.replace("index 1\n", `index 1\n${hash.repeat(63)}`),
    proof.replaceAll("\n", "\r\n"),
    proof.replace("\n\n", "\n"),
  ]) {
    assert.equal(parseTlogProof(bad).ok && verifyTlogProof(bad, one, trust).ok, false, bad.slice(0, 80));
  }
});
