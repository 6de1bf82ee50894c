// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyTable } from "./anchor/root.ts";
import { canonicalBytes } from "./canonical.ts";
import { decode } from "./decode.ts";
import { people } from "./founding.test-support.ts";
import type { PublicKey } from "./key.ts";
import { type Authority, ownersOf, signersOf } from "./quorum.ts";
import { type Person, signDocument } from "./simulator.test-support.ts";

const { alice, bob, carol } = people;
const said = { a: "document" };
const authorityOf = (...keys: readonly Person[]): Authority => ({
  keys: Object.fromEntries(keys.map(({ keyid, key }) => [keyid, key])),
  keyids: keys.map(({ keyid }) => keyid),
  threshold: 1,
});
const signersIn = async (authority: Authority, ...signers: readonly Person[]) => {
  const { signatures } = await signDocument(said, ...signers);
  return signersOf({ signatures, message: canonicalBytes(said) }, authority);
};

test("those who signed are counted once each, strangers never", async () => {
  assert.deepEqual(await signersIn(authorityOf(alice, bob), alice, bob, carol), [alice.keyid, bob.keyid]);
  assert.deepEqual(await signersIn(authorityOf(alice), bob), []);
  const { signatures } = await signDocument(said, alice);
  const twice = [...signatures, ...signatures];
  assert.equal(signersOf({ signatures: twice, message: canonicalBytes(said) }, authorityOf(alice, bob)).length, 1);
});

test("attack: a signature over something else, and one under another's key identifier", async () => {
  const { signatures } = await signDocument({ another: "document" }, alice);
  assert.deepEqual(signersOf({ signatures, message: canonicalBytes(said) }, authorityOf(alice)), []);
  const own = await signDocument(said, carol);
  const renamed = own.signatures.map(({ sig }) => ({ keyid: alice.keyid, sig }));
  assert.deepEqual(signersOf({ signatures: renamed, message: canonicalBytes(said) }, authorityOf(alice)), []);
});

test("attack: one key under two identifiers is one voice, and cannot stand in a key table under another's", async () => {
  const twin: Person = { ...alice, keyid: bob.keyid };
  assert.equal((await signersIn(authorityOf(alice, twin), alice, twin)).length, 1);
  assert.equal(decode(keyTable, { [bob.keyid]: alice.key }, "keys").ok, false);
  assert.ok(decode(keyTable, { [alice.keyid]: alice.key }, "keys").ok);
});

test("attack: key identifiers that every object has find no key", async () => {
  const keys = decode(keyTable, { [alice.keyid]: alice.key }, "keys");
  assert.ok(keys.ok);
  for (const keyid of ["constructor", "toString", "__proto__"]) {
    const authority: Authority = { keys: keys.value, keyids: [keyid], threshold: 1 };
    const signatures = [{ keyid, sig: "00".repeat(64) }];
    assert.deepEqual(signersOf({ signatures, message: canonicalBytes(said) }, authority), []);
  }
});

test("a key that is listed as trusted and missing from the table counts for nobody", async () => {
  const keys: Readonly<Record<string, PublicKey>> = {};
  assert.deepEqual(await signersIn({ keys, keyids: [alice.keyid], threshold: 1 }, alice), []);
});

test("owners are counted, not keys; a key without an owner is nobody's", () => {
  const owners = new Map([
    ["k1", "alice"],
    ["k2", "alice"],
    ["k3", "bob"],
  ]);
  assert.deepEqual(
    ownersOf(["k1", "k2", "k3", "k4"], (keyid) => owners.get(keyid)),
    ["alice", "bob"],
  );
});
