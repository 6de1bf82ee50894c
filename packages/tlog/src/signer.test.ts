// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyEd25519 } from "./ed25519.ts";
import { formatNote, parseNote } from "./note.ts";
import { signerFromSeed, signNote } from "./signer.ts";
import { parseVkey } from "./vkey.ts";

test("the example notes of C2SP and of Go's sumdb: theirs verify, and the same key signs the same bytes", async () => {
  const examples = [
    [
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "This is an example message.\n",
      "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
    ],
    [
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
      "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    ],
  ] as const;
  for (const [line, text, signature] of examples) {
    const [key, note] = [parseVkey(line), parseNote(Buffer.from(`${text}\n${signature}`))];
    assert.ok(key.ok && note.ok);
    const [own] = note.value.signatures;
    assert.deepEqual([note.value.text, own?.name, own?.keyId], [text, key.value.name, key.value.keyId]);
    assert.equal(verifyEd25519(key.value.publicKey, note.value.textBytes, own?.payload ?? new Uint8Array()), true);
    assert.equal(formatNote(text, note.value.signatures), `${text}\n${signature}`);
  }
  const seed = Buffer.from("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "base64").subarray(1); // the private half that Go's documentation prints
  const [, text, signature] = examples[1];
  assert.equal(formatNote(text, [await signNote(Buffer.from(text), signerFromSeed(seed, "PeterNeumann", 1))]), `${text}\n${signature}`);
});
