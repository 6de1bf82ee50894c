// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { type Files, honestStates, people } from "@countersign/trust/founding.test-support";
import { keyidOfVkey } from "@countersign/trust/ledger/log-key";
import { accept } from "@countersign/trust/refusal";
import { must } from "@countersign/trust/simulator.test-support";
import type { Read } from "@countersign/trust/workflow/step";
import { type Known, nothingKnown } from "./inventory.ts";
import type { Registered } from "./registered.ts";
import { usesSeen } from "./seen-use.ts";
import { beginnings } from "./since.ts";
import { trustRows } from "./trust.ts";
import type { TrustRow } from "./trust-row.ts";

const now = Date.parse("2029-06-01T00:00:00Z");
const [, after] = await honestStates();
const anchor = after.get("metadata/1.root.json") as Uint8Array;

function readOf(files: Files): Read {
  return async (path) => accept(files.get(path));
}

async function rowsOf(change: { readonly files?: Files; readonly known?: Known; readonly channel?: string; readonly now?: number } = {}) {
  const read = readOf(change.files ?? after);
  const view: RepositoryView = must(await openRepository(read, anchor, now));
  const [uses, began] = [await usesSeen(view, read), await beginnings(view, anchor, read)];
  return { view, rows: must(trustRows({ view, known: nothingKnown, uses, began, now, ...change })) };
}

function rowOf(rows: readonly TrustRow[], kind: TrustRow["kind"], name: string): TrustRow {
  const found = rows.find((row) => row.kind === kind && (row.name === name || row.keyid === name));
  assert.ok(found !== undefined, `${kind} ${name}`);
  return found;
}

test("everything that the documents name is listed, once for what it is", async () => {
  const { view, rows } = await rowsOf();
  const kinds = Map.groupBy(rows, ({ kind }) => kind);
  assert.deepEqual(
    [...kinds].map(([kind, those]) => [kind, those.length]),
    [
      ["device root", 1],
      ["policy", 1],
      ["key", 6],
      ["log", 1],
      ["witness", 3],
      ["identity", 3],
      ["person", 6],
      ["service", 2],
      ["source", 1],
    ],
  );
  const alice = rowOf(rows, "key", people.alice.keyid);
  assert.deepEqual(alice.for, ["root", "targets", "sign stable", "approve stable"]);
  assert.equal(rowOf(rows, "log", keyidOfVkey(view.ledger.log)).owner, null);
});

test("since is the witnessed entry of the document with which an unbroken trust began, and unknown where no proof says it", async () => {
  const { view, rows } = await rowsOf();
  const builder = rowOf(rows, "key", people.builder.keyid);
  assert.deepEqual([builder.since?.by, builder.since?.orEarlier], ["targets 1, policy 1", false]);
  assert.equal(rowOf(rows, "key", people.alice.keyid).since?.by, "root 1");
  const proofless = new Map([...after].filter(([path]) => path !== `proofs/${view.targets.digest}.tlog-proof`));
  const read = readOf(proofless);
  const { keys } = await beginnings(view, anchor, read);
  assert.equal(keys.get(people.builder.keyid)?.time, null);
});

test("attack: targets of an earlier version that nobody trusted signed make nothing older", async () => {
  const { view } = await rowsOf();
  const newer = { ...view, targets: { ...view.targets, signed: { ...view.targets.signed, version: 2 } } };
  const bytes = after.get("metadata/1.targets.json") as Uint8Array;
  const { signed } = JSON.parse(Buffer.from(bytes).toString());
  const forged = new Map(after)
    .set("metadata/2.targets.json", bytes)
    .set("metadata/1.targets.json", servedBytes({ signatures: [{ keyid: people.alice.keyid, sig: "00".repeat(64) }], signed }));
  const { keys } = await beginnings(newer, anchor, readOf(forged));
  assert.equal(keys.get(people.builder.keyid)?.orEarlier, true);
});

test("last use is what is published and verified: who signed what, who proposed and approved, and when it was witnessed", async () => {
  const { view, rows } = await rowsOf();
  assert.match(rowOf(rows, "key", people.carol.keyid).lastUsed?.by ?? "", /^release /);
  assert.equal(rowOf(rows, "key", people.publisher.keyid).lastUsed?.by, "timestamp");
  assert.equal(Date.parse(rowOf(rows, "log", keyidOfVkey(view.ledger.log)).lastUsed?.time ?? "") / 1000, view.time);
  const revoker = rowOf(rows, "key", people.revoker.keyid);
  assert.deepEqual([revoker.lastUsed, revoker.marks.includes("no use seen")], [null, true]);
});

test("what nobody said is null: custody, machines and reviews of keys that nobody was asked about", async () => {
  const { rows } = await rowsOf();
  for (const row of rows.filter(({ keyid }) => keyid !== null)) {
    assert.deepEqual([row.custody, row.machine, row.lastReviewed, row.reviewBy], [null, null, null, null], row.name);
    assert.ok(row.marks.includes("unreviewed"), row.name);
  }
});

const registered: Registered = {
  name: "builder",
  component: "ci",
  purpose: "build hello",
  owner: "somebody else",
  deputy: "alice",
  duties: ["build"],
  channel: "stable",
  keyid: people.builder.keyid,
  reviewBy: "2029-06-10",
  status: "suspended",
};

test("govern's register adds purposes, deputies and reviews, and has no say in who owns a key of the policy", async () => {
  const known = { ...nothingKnown, register: [registered] };
  const { rows } = await rowsOf({ known });
  const key = rowOf(rows, "key", people.builder.keyid);
  assert.deepEqual([key.owner, key.deputy, key.reviewBy], ["builder", "alice", "2029-06-10"]);
  assert.ok(key.marks.includes("review soon") && key.marks.includes("not active"));
  const overdue = await rowsOf({ known, now: Date.parse("2029-06-11T00:00:00Z") });
  assert.ok(rowOf(overdue.rows, "key", people.builder.keyid).marks.includes("review overdue"));
});

test("a renewal or a confirmed review counts as one, for identities and people; that somebody asked for one does not", async () => {
  const act = (time: string, who: string, act: string, subject: string) => ({ time, who, act, subject });
  const acts = [
    act("2029-05-01T00:00:00.000Z", "alice", "identity.renewed", "builder"),
    act("2029-04-01T00:00:00.000Z", "alice", "identity.renewed", "builder"),
    act("2029-05-02T00:00:00.000Z", "alice", "review.started", "builder"),
    act("2029-05-03T00:00:00.000Z", "alice", "review.confirmed", "bob"),
    act("2029-05-04T00:00:00.000Z", "builder", "grant.issued", "some-grant"),
  ];
  const { rows } = await rowsOf({ known: { ...nothingKnown, register: [registered], acts } });
  const builder = rowOf(rows, "key", people.builder.keyid);
  assert.equal(builder.lastReviewed, "2029-05-01T00:00:00.000Z");
  assert.ok(!builder.marks.includes("unreviewed"));
  assert.equal(rowOf(rows, "person", "bob").lastReviewed, "2029-05-03T00:00:00.000Z");
  assert.deepEqual(rowOf(rows, "person", "alice").lastUsed, { time: "2029-05-01T00:00:00.000Z", by: "govern" });
});

test("what has run out, or will within thirty days, is marked, by whatever ends first", async () => {
  const record = { keyid: people.builder.keyid, custody: "encrypted-file (development)", development: true };
  const until = async (expires: string) => {
    const { rows } = await rowsOf({ known: { ...nothingKnown, keys: [{ ...record, expires }] } });
    const { until: end, marks } = rowOf(rows, "key", people.builder.keyid);
    return [end?.by, ...marks.filter((mark) => mark.startsWith("expire"))];
  };
  assert.deepEqual(await until("2029-05-31T00:00:00Z"), ["the key", "expired"]);
  assert.deepEqual(await until("2029-06-30T00:00:00Z"), ["the key", "expires soon"]);
  assert.deepEqual(await until("2029-08-01T00:00:00Z"), ["the key"]);
  assert.deepEqual(await until("2031-01-01T00:00:00Z"), ["targets"]);
  const { rows } = await rowsOf({ known: { ...nothingKnown, keys: [record] } });
  assert.ok(rowOf(rows, "key", people.builder.keyid).marks.includes("development custody"));
});

test("a policy that other devices may not hold yet is marked until it has cooled off", async () => {
  const { view } = await rowsOf();
  const second = {
    ...view,
    policy: { ...view.policy, version: 2 },
    targets: { ...view.targets, signed: { ...view.targets.signed, version: 2 } },
  };
  const cools = (seconds: number): boolean => {
    const policy = { time: view.time - seconds, by: "targets 2, policy 2", orEarlier: false };
    const rows = must(
      trustRows({ view: second, known: nothingKnown, uses: new Map(), began: { keys: new Map(), policy, root: undefined }, now }),
    );
    return rows.some(({ kind, marks }) => kind === "policy" && marks.includes("cools off"));
  };
  assert.deepEqual([cools(view.policy.coolingOffSeconds - 1), cools(view.policy.coolingOffSeconds)], [true, false]);
});

test("what a loss means is said of keys, identities and people: alone, with others, or nothing", async () => {
  const { rows } = await rowsOf();
  assert.match(
    rowOf(rows, "key", people.builder.keyid).means,
    /^alone it can install \(build\), alone it can stop \(build\), adds nothing to hide$/,
  );
  assert.match(
    rowOf(rows, "key", people.revoker.keyid).means,
    /^alone it can stop \(deny\), with 1 more hide \(revocation\), adds nothing to install$/,
  );
  assert.match(rowOf(rows, "person", "alice").means, /with 1 more install/);
  assert.equal(
    rowOf(rows, "device root", `root 2 ${sha256(after.get("metadata/2.root.json") as Uint8Array).slice(0, 12)}`).marks.length,
    0,
  );
});

test("one channel lists what counts for it, and a channel that is not there is refused", async () => {
  const { view, rows } = await rowsOf({ channel: "stable" });
  assert.ok(rows.length > 10);
  const missing = trustRows({
    view,
    known: nothingKnown,
    uses: new Map(),
    began: { keys: new Map(), policy: undefined, root: undefined },
    now,
    channel: "beta",
  });
  assert.ok(!missing.ok && missing.refusal.code === "unknown-channel");
});
