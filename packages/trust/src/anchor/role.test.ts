// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../check.ts";
import { decodeBytes } from "../decode.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { expires, people, spec_version, targetsOf } from "../founding.test-support.ts";
import type { Authority } from "../quorum.ts";
import { codeOf, digestOf, must, type Person, signedBytes } from "../simulator.test-support.ts";
import { type Snapshot, snapshot } from "../tuf/snapshot.ts";
import type { OwnedSubject } from "./role.ts";
import { snapshotChecks } from "./snapshot.ts";
import { channelAuthority, channelChecks, type Targets, targets, targetsChecks } from "./targets.ts";
import { type Timestamp, timestamp, timestampChecks } from "./timestamp.ts";

const { alice, bob, carol, publisher } = people;
const now = Date.parse("2029-12-31T23:59:59Z");
const everyone: Authority = {
  keys: Object.fromEntries(Object.values(people).map(({ keyid, key }) => [keyid, key])),
  keyids: [alice, bob, publisher].map(({ keyid }) => keyid),
  threshold: 2,
};
const nameOf = (keyid: string) => Object.values(people).find((each) => each.keyid === keyid)?.name;

const read = async (change: object, ...signers: readonly Person[]): Promise<Envelope<Targets>> =>
  must(readEnvelope(targets, await signedBytes(targetsOf({}, change), ...signers), "targets"));

const subjectOf = (candidate: Envelope<Targets>, change: Partial<OwnedSubject<Targets>> = {}): OwnedSubject<Targets> => ({
  candidate,
  authority: everyone,
  ownerOf: nameOf,
  stored: undefined,
  listed: undefined,
  now,
  ...change,
});
const check = (subject: OwnedSubject<Targets>): string => codeOf(judge(subject, targetsChecks).outcome);

test("a threshold is met by different trusted keys of different owners", async () => {
  assert.equal(check(subjectOf(await read({}, alice, bob))), "accepted");
  assert.equal(check(subjectOf(await read({}, alice))), "threshold-not-met");
  assert.equal(check(subjectOf(await read({}))), "threshold-not-met");
  assert.equal(check(subjectOf(await read({}, alice, carol))), "threshold-not-met"); // carol has a key, and no part in this role
  assert.equal(check(subjectOf(await read({}, alice, bob), { ownerOf: () => "mallory" })), "owners-not-distinct");
  assert.equal(
    check(subjectOf(await read({}, alice, bob), { ownerOf: (keyid) => (keyid === bob.keyid ? undefined : "a") })),
    "owners-not-distinct",
  );
});

test("attack: two signatures under one key identifier are no document", async () => {
  const document = JSON.parse(Buffer.from(await signedBytes(targetsOf({}), alice)).toString()) as { signatures: object[] };
  document.signatures.push(...document.signatures);
  assert.equal(readEnvelope(targets, Buffer.from(JSON.stringify(document)), "targets").ok, false);
});

test("attack: unsigned fields beside what is signed", async () => {
  const text = Buffer.from(await signedBytes(targetsOf({}), alice)).toString();
  assert.equal(readEnvelope(targets, Buffer.from(text.replace("{", '{"more":1,')), "targets").ok, false);
  assert.equal(readEnvelope(targets, Buffer.from(text.replace('{"keyid"', '{"more":1,"keyid"')), "targets").ok, false);
});

test("unknown fields of a TUF document are part of what is signed", async () => {
  assert.equal(check(subjectOf(await read({ x_more: "kept" }, alice, bob))), "accepted");
  const text = Buffer.from(await signedBytes(targetsOf({}, { x_more: "kept" }), alice, bob)).toString();
  assert.equal(check(subjectOf(must(readEnvelope(targets, Buffer.from(text.replace("kept", "lost")), "targets")))), "threshold-not-met");
});

test("attack: an older version; the same one may be met again", async () => {
  const stored = await read({ version: 5 }, alice, bob);
  assert.equal(check(subjectOf(await read({ version: 4 }, alice, bob), { stored })), "version-rolled-back");
  const same = await read({ version: 5 }, alice, bob);
  assert.equal(check(subjectOf(same, { stored })), "accepted");
  assert.equal(check(subjectOf(await read({ version: 5, x_more: "another file" }, alice, bob), { stored })), "version-rolled-back");
  assert.equal(check(subjectOf(await read({ version: 6 }, alice, bob), { stored })), "accepted");
});

test("a document is expired from the very second that it names", async () => {
  const candidate = await read({}, alice, bob);
  const end = Date.parse(expires);
  assert.equal(check(subjectOf(candidate, { now: end - 1 })), "accepted");
  assert.equal(check(subjectOf(candidate, { now: end })), "expired");
  assert.equal(check(subjectOf(candidate, { now: 253_402_300_799_000 })), "expired");
});

test("attack: another file than the one that is listed", async () => {
  const candidate = await read({ version: 3 }, alice, bob);
  const right = { version: 3, length: candidate.bytes.length, hashes: { sha256: candidate.digest } };
  const listedAs = (change: object) => check(subjectOf(candidate, { listed: { ...right, ...change } }));
  assert.equal(listedAs({}), "accepted");
  assert.equal(listedAs({ length: undefined, hashes: undefined }), "accepted");
  for (const change of [{ version: 2 }, { version: 4 }, { hashes: { sha256: digestOf("x") } }, { length: candidate.bytes.length - 1 }])
    assert.equal(listedAs(change), "not-the-listed-file");
});

test("attack: a snapshot that an online key takes back", async () => {
  const readTimestamp = async (version: number): Promise<Envelope<Timestamp>> => {
    const fields = {
      _type: "timestamp",
      spec_version,
      version: 1,
      expires,
      meta: { "snapshot.json": { version } },
      countersign: { checkpoint: "" },
    };
    return must(readEnvelope(timestamp, await signedBytes(fields, alice, bob), "timestamp"));
  };
  const common = { authority: everyone, ownerOf: nameOf, listed: undefined, now, stored: await readTimestamp(4) };
  assert.equal(codeOf(judge({ candidate: await readTimestamp(3), ...common }, timestampChecks.current).outcome), "version-rolled-back");
  assert.equal(codeOf(judge({ candidate: await readTimestamp(4), ...common }, timestampChecks.current).outcome), "accepted");
});

test("attack: a role that a new snapshot takes back or leaves out", async () => {
  const readSnapshot = async (version: number, meta: object): Promise<Envelope<Snapshot>> =>
    must(readEnvelope(snapshot, await signedBytes({ _type: "snapshot", spec_version, version, expires, meta }, alice, bob), "snapshot"));
  const stored = await readSnapshot(1, { "targets.json": { version: 2 }, "stable.json": { version: 7 } });
  const common = { authority: everyone, ownerOf: nameOf, listed: undefined, now, stored };
  const code = async (meta: object) => codeOf(judge({ candidate: await readSnapshot(2, meta), ...common }, snapshotChecks).outcome);
  assert.equal(await code({ "targets.json": { version: 2 }, "stable.json": { version: 7 }, "beta.json": { version: 1 } }), "accepted");
  assert.equal(await code({ "targets.json": { version: 2 } }), "version-rolled-back");
  assert.equal(await code({ "targets.json": { version: 2 }, "stable.json": { version: 6 } }), "version-rolled-back");
});

test("attack: one owner fills the quorum of an online role with two keys; a snapshot of another file under its old version", async () => {
  const dated = { _type: "timestamp", spec_version, version: 1, expires, meta: { "snapshot.json": { version: 1 } } };
  const timestampBytes = await signedBytes({ ...dated, countersign: { checkpoint: "" } }, alice, bob);
  const readSnapshot = async (change: object): Promise<Envelope<Snapshot>> =>
    must(
      readEnvelope(
        snapshot,
        await signedBytes({ _type: "snapshot", spec_version, version: 2, expires, meta: {}, ...change }, alice, bob),
        "it",
      ),
    );
  const candidates = { timestamp: must(readEnvelope(timestamp, timestampBytes, "timestamp")), snapshot: await readSnapshot({}) };
  const common = { authority: everyone, listed: undefined, now, stored: undefined };
  for (const [ownerOf, wanted] of [
    [nameOf, "accepted"],
    [() => "mallory", "owners-not-distinct"],
  ] as const) {
    const ofTimestamp = judge({ candidate: candidates.timestamp, ownerOf, ...common }, timestampChecks.authentic);
    const ofSnapshot = judge({ candidate: candidates.snapshot, ownerOf, ...common }, snapshotChecks);
    assert.deepEqual([codeOf(ofTimestamp.outcome), codeOf(ofSnapshot.outcome)], [wanted, wanted]);
  }
  const after = async (change: object): Promise<string> => {
    const candidate = await readSnapshot(change);
    return codeOf(judge({ candidate, ownerOf: nameOf, ...common, stored: candidates.snapshot }, snapshotChecks).outcome);
  };
  assert.equal(await after({ x_more: "another file" }), "version-rolled-back");
  assert.equal(await after({ version: 1 }), "version-rolled-back");
  assert.equal(await after({}), "accepted");
  assert.equal(await after({ version: 3 }), "accepted");
});

test("attack: a channel file that names another channel's targets", async () => {
  const top = must(readEnvelope(targets, await signedBytes(targetsOf({}), alice, bob), "targets")).signed;
  const authority = channelAuthority(top, "stable");
  assert.ok(authority);
  const code = async (...paths: readonly string[]) => {
    const listing = Object.fromEntries(paths.map((path) => [path, { length: 1, hashes: { sha256: digestOf(path) } }]));
    const candidate = must(
      readEnvelope(targets, await signedBytes({ _type: "targets", spec_version, version: 1, expires, targets: listing }, alice, bob), "it"),
    );
    return codeOf(judge({ candidate, authority, ownerOf: nameOf, listed: undefined, stored: undefined, now }, channelChecks).outcome);
  };
  assert.equal(await code(), "accepted");
  assert.equal(await code("stable/hello/linux-x64/head.json"), "accepted");
  for (const path of ["beta/hello/linux-x64/head.json", "stable/hello/head.json", "stable/a/b/c/head.json", "policy.json"])
    assert.equal(await code("stable/hello/linux-x64/head.json", path), "path-not-delegated");
  assert.equal(channelAuthority(top, "beta"), undefined);
  assert.equal(channelAuthority(top, "constructor"), undefined);
});

test("attack: delegations that no quorum could fill, or that take a top-level role's name", () => {
  const keys = { [alice.keyid]: alice.key };
  const role = { name: "stable", keyids: [alice.keyid], threshold: 1, terminating: true, paths: ["stable/*/*/*"] };
  const accepts = (...roles: readonly object[]) =>
    decodeBytes(targets, Buffer.from(JSON.stringify(targetsOf({}, { delegations: { keys, roles } }))), "targets").ok;
  assert.equal(accepts(role), true);
  assert.equal(accepts(role, role), false);
  for (const change of [
    { name: "targets" },
    { name: "snapshot" },
    { name: "../x" },
    { keyids: [] },
    { keyids: [alice.keyid, alice.keyid] },
    { keyids: [bob.keyid] },
    { keyids: ["toString"] },
    { threshold: 0 },
    { threshold: 2 },
    { paths: [] },
    { paths: ["stable/**"] },
    { paths: ["st*/hello"] },
    { paths: ["stable/../*"] },
  ])
    assert.equal(accepts({ ...role, ...change }), false, JSON.stringify(change));
});
