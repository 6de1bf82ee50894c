// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { signerFromSeed } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { judge } from "../check.ts";
import { decode } from "../decode.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { people, rootOf } from "../founding.test-support.ts";
import { codeOf, ledger, ledgerFields, must, type Person, person, signedBytes } from "../simulator.test-support.ts";
import { type Root, root, rootChecks, topAuthority } from "./root.ts";

const { alice, bob, carol, publisher } = people;
const dave = person("dave");

/** A root whose root role is these people, two of them. */
function rootBy(version: number, owners: readonly Person[], names: Readonly<Record<string, string>> = {}): object {
  const keyids = owners.map(({ keyid }) => keyid);
  const roles = {
    root: { keyids, threshold: 2 },
    targets: { keyids, threshold: 2 },
    snapshot: { keyids: [publisher.keyid], threshold: 1 },
  };
  return rootOf({
    version,
    keys: Object.fromEntries([...owners, publisher].map(({ keyid, key }) => [keyid, key])),
    roles: { ...roles, timestamp: roles.snapshot },
    countersign: {
      owners: Object.fromEntries([...owners, publisher].map(({ keyid, name }) => [keyid, names[name] ?? name])),
      ...ledgerFields,
    },
  });
}

const read = async (document: object, ...signers: readonly Person[]): Promise<Envelope<Root>> =>
  must(readEnvelope(root, await signedBytes(document, ...signers), "root"));

test("a root follows when the old quorum and its own signed it, and not when one of them did", async () => {
  const trusted = (await read(rootBy(1, [alice, bob]), alice, bob)).signed;
  const next = rootBy(2, [carol, dave]);
  const code = async (document: object, ...signers: readonly Person[]) =>
    codeOf(judge({ candidate: await read(document, ...signers), trusted }, rootChecks).outcome);
  assert.equal(await code(next, alice, bob, carol, dave), "accepted");
  assert.equal(await code(next, alice, bob), "threshold-not-met");
  assert.equal(await code(next, carol, dave), "threshold-not-met");
  assert.equal(await code(next, alice, carol, dave), "threshold-not-met");
  assert.equal(await code(rootBy(2, [alice, bob]), alice, bob), "accepted");
});

test("attack: a version that is skipped, repeated or taken back", async () => {
  const trusted = (await read(rootBy(5, [alice, bob]), alice, bob)).signed;
  for (const version of [1, 4, 5, 7]) {
    const candidate = await read(rootBy(version, [alice, bob]), alice, bob);
    assert.equal(codeOf(judge({ candidate, trusted }, rootChecks).outcome), "root-version-skipped");
  }
});

test("attack: one owner with two root keys", async () => {
  const trusted = (await read(rootBy(1, [alice, bob, carol], { bob: "alice" }), alice)).signed;
  const candidate = await read(rootBy(2, [alice, carol]), alice, bob, carol);
  assert.equal(codeOf(judge({ candidate, trusted }, rootChecks).outcome), "accepted");
  const byOne = await read(rootBy(2, [alice, bob]), alice, bob);
  assert.equal(codeOf(judge({ candidate: byOne, trusted }, rootChecks).outcome), "owners-not-distinct");
});

const pqOf = (name: string): string => formatVkey(name, 6, signerFromSeed(new Uint8Array(32), name, 6).publicKey);

test("a root that could not be followed by another one, or has no second witness, is no root", () => {
  const fields = { owners: { [alice.keyid]: "alice", [bob.keyid]: "bob", [publisher.keyid]: "publisher" }, ...ledgerFields };
  const witnessLines = (ledgerFields as { witnesses: readonly string[] }).witnesses;
  const good = rootOf() as { roles: Readonly<Record<string, object>> };
  const accepts = (change: object) => decode(root, rootOf(change), "root").ok;
  assert.equal(accepts({}), true);
  const roles = (role: object) => ({ roles: { ...good.roles, root: role } });
  const both = [alice.keyid, bob.keyid];
  for (const change of [
    roles({ keyids: both, threshold: 3 }),
    roles({ keyids: both, threshold: 0 }),
    roles({ keyids: [], threshold: 1 }),
    roles({ keyids: [alice.keyid, alice.keyid], threshold: 2 }),
    roles({ keyids: [carol.keyid], threshold: 1 }),
    roles({ keyids: ["toString"], threshold: 1 }),
    { roles: { root: good.roles["root"] } },
    { keys: { [bob.keyid]: alice.key } },
    { consistent_snapshot: false },
    { countersign: { ...fields, owners: {} } },
    { countersign: { ...fields, owners: { ...fields.owners, [bob.keyid]: "alice" } } },
    { countersign: { ...fields, witnessQuorum: 1 } },
    { countersign: { ...fields, witnessQuorum: 4 } },
    { countersign: { ...fields, witnesses: [witnessLines[0], witnessLines[0]] } },
    { countersign: { ...fields, witnesses: [(ledgerFields as { log: { vkey: string } }).log.vkey, witnessLines[0]] } },
    { countersign: { ...fields, log: { origin: "log.example", vkey: witnessLines[2] } } },
    { countersign: { ...fields, witnesses: [witnessLines[0], pqOf("w1")] } },
    { countersign: { ...fields, more: 1 } },
  ])
    assert.equal(accepts(change), false, JSON.stringify(change));
  assert.equal(
    accepts({ countersign: { ...fields, witnesses: [witnessLines[0], pqOf("pq")] } }),
    true,
    "a witness may have either kind of key",
  );
});

test("a log that is over has a name and a key of its own, witnesses who can fill their quorum, and a last tree", () => {
  const fields = { owners: { [alice.keyid]: "alice", [bob.keyid]: "bob", [publisher.keyid]: "publisher" }, ...ledgerFields };
  const { log: now, witnesses } = ledgerFields as { log: { vkey: string }; witnesses: readonly string[] };
  const vkeyOf = (name: string): string => formatVkey(name, 1, signerFromSeed(Buffer.alloc(32, 9), name, 1).publicKey);
  const good = {
    origin: "old.example",
    vkey: vkeyOf("old.example"),
    witnesses,
    witnessQuorum: 2,
    final: { size: 7, root: "ab".repeat(32) },
  };
  const accepts = (...formerLogs: readonly object[]) => decode(root, rootOf({ countersign: { ...fields, formerLogs } }), "root").ok;
  assert.equal(accepts(good), true);
  for (const change of [
    { origin: "log.example" },
    { vkey: now.vkey },
    { vkey: witnesses[0] },
    { witnesses: witnesses.slice(0, 1) },
    { witnessQuorum: 4 },
    { witnessQuorum: 1 },
    { final: undefined },
    { final: { size: 0, root: "ab".repeat(32) } },
    { final: { size: 7, root: "ab" } },
    { url: "https://old.example" },
  ])
    assert.equal(accepts({ ...good, ...change }), false, JSON.stringify(change));
  assert.equal(accepts(good, good), false);
  assert.equal(accepts(good, { ...good, origin: "older.example" }), false, "one key for two logs");
});

test("an authority is the role's own keys", () => {
  const read = must(decode(root, rootOf(), "root"));
  assert.deepEqual(topAuthority(read, "timestamp").keyids, [publisher.keyid]);
  assert.equal(read.countersign.witnesses.length, ledger.witnesses.length);
});
