// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { text } from "@countersign/trust/decode";
import { readEnvelope } from "@countersign/trust/envelope";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { signersOf } from "@countersign/trust/quorum";
import { documentBytes, type SigningKey, signDocument } from "./sign-document.ts";

function newKey(): SigningKey & { readonly tuf: PublicKey } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const tuf: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { keyid: keyidOf(tuf), tuf, sign: async (message) => sign(null, message, privateKey) };
}

test("what is signed here verifies there, from the bytes that are served, fields unknown to the reader included", async () => {
  const keys = [newKey(), newKey()];
  const bytes = documentBytes(await signDocument({ b: 1, a: 'quoted "text"', unknown: [true, null] }, keys));
  const read = readEnvelope((value) => value, bytes, "document");
  assert.ok(read.ok);
  const authority = {
    keys: Object.fromEntries(keys.map((key) => [key.keyid, key.tuf])),
    keyids: keys.map((key) => key.keyid),
    threshold: 2,
  };
  assert.deepEqual(signersOf(read.value, authority), authority.keyids);
});

test("the same document has the same bytes, however it was built", async () => {
  const key = newKey();
  const one = documentBytes(await signDocument({ a: 1, b: 2 }, [key]));
  assert.deepEqual(documentBytes(await signDocument({ b: 2, a: 1 }, [key])), one);
  const read = readEnvelope((value) => value, one, "document");
  assert.ok(read.ok);
  assert.deepEqual(documentBytes(read.value), one, "an envelope's own bytes are no part of the document");
});

test("attack: a signature moved to another document counts for nobody", async () => {
  const key = newKey();
  const { signatures } = await signDocument("true", [key]);
  const read = readEnvelope(text, documentBytes({ signatures, signed: "false" }), "document");
  assert.ok(read.ok);
  assert.deepEqual(signersOf(read.value, { keys: { [key.keyid]: key.tuf }, keyids: [key.keyid], threshold: 1 }), []);
});
