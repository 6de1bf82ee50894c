// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "@countersign/trust/decode";
import { people, policyOf } from "@countersign/trust/founding.test-support";
import { policy as policyDecoder } from "@countersign/trust/policy/policy";
import { accept } from "@countersign/trust/refusal";
import { must, type Person, signedBytes } from "@countersign/trust/simulator.test-support";
import type { Read } from "@countersign/trust/workflow/step";
import { seenLists } from "./seen-lists.ts";

const { alice, bob, revoker } = people;
const revokers = { own: revoker.keyid, ann: alice.keyid, ben: bob.keyid };
const policy = must(decode(policyDecoder, policyOf({ revokers }), "policy"));

async function listOf(name: string, version: number, by: Person): Promise<Uint8Array> {
  const list = { _type: "revocations", spec: "countersign/1", revoker: name, version, checkpoint: "", seen: {}, denials: [] };
  return signedBytes(list, by);
}

async function seenIn(files: Readonly<Record<string, Uint8Array>>): Promise<Readonly<Record<string, number>>> {
  const read: Read = async (path) => accept(files[path]);
  return seenLists(read, policy, "own");
}

test("the versions of the others' lists are seen, by key, and not one's own", async () => {
  const files = {
    "revocations/own.json": await listOf("own", 3, revoker),
    "revocations/ann.json": await listOf("ann", 7, alice),
    "revocations/ben.json": await listOf("ben", 2, bob),
  };
  assert.deepEqual(await seenIn(files), { [alice.keyid]: 7, [bob.keyid]: 2 });
  assert.deepEqual(await seenIn({}), {});
});

test("attack: a list that another signed, or that stands in another's place, is not seen: it would stop installing everywhere", async () => {
  assert.deepEqual(await seenIn({ "revocations/ann.json": await listOf("ann", 9_000, bob) }), {});
  assert.deepEqual(await seenIn({ "revocations/ann.json": await listOf("ben", 9_000, bob) }), {});
  assert.deepEqual(await seenIn({ "revocations/ann.json": Buffer.from("{}") }), {});
});
