// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@countersign/daemon/http";
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { payloadDigest } from "@countersign/trust/build/dsse";
import { canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { approvalName } from "@countersign/trust/release/approval";
import type { Head } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import { type Denial, denialDigest } from "@countersign/trust/revocation/list";
import { proofPath } from "@countersign/trust/workflow/step";
import { enter } from "@countersign/world/sample-release";
import { signerChecks } from "./checks.ts";
import { ArtifactBytes } from "./evidence.ts";
import { gather } from "./gather.ts";
import { numbered, SignerRecord } from "./record.ts";
import {
  codeOf,
  good,
  ground,
  hiding,
  honest,
  place,
  release,
  requestFor,
  senses,
  soon,
  stopping,
  until,
  writeList,
} from "./scene.test-support.ts";

test("a release waits for its soak, and then for revokers to be heard after it", async () => {
  assert.equal(await codeOf(honest), "soak-not-over");
  for (let wait = 0; wait < 600 && (await codeOf(honest)) === "soak-not-over"; wait++) await sleep(100);
  assert.equal(await codeOf(honest), "revocations-stale");
  await until("ok", honest);
});

test("attack: govern asks for something else than what people approved", async () => {
  const sneaked = requestFor(good, await release({ sequence: 2 }, { approvers: [] }));
  assert.equal(await codeOf({ ...sneaked, added: good.digest }), "heads-differ", "a second release in the same head");
  const elsewhere = {
    ...honest,
    heads: { ...honest.heads, "stable/hello/mac/head.json": { ...requestFor(good).heads[headPath(place)], platform: "mac" } as Head },
  };
  assert.equal(await codeOf(elsewhere), "heads-differ", "a platform that it has no bytes for");
  assert.equal(await codeOf({ ...honest, added: canonicalDigest("nothing") }), "nothing-added");

  const { channelFile } = honest;
  const swapped = Object.fromEntries(
    Object.entries(channelFile.targets).map(([path]) => [path, { length: 1, hashes: { sha256: sha256(Buffer.from("x")) } }]),
  );
  for (const change of [{ targets: swapped }, { version: 2 }, { targets: {} }]) {
    const altered = { ...channelFile, ...change };
    assert.equal(await codeOf({ ...honest, channelFile: altered, id: canonicalDigest(altered) }), "channel-file-differs");
  }
  assert.equal(await codeOf({ ...honest, id: canonicalDigest("another") }), "channel-file-differs", "signed under another's name");
  for (const expires of ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"]) {
    const altered = nextChannel(undefined, new Map(Object.entries(honest.heads)), expires);
    assert.equal(await codeOf({ ...honest, channelFile: altered, id: canonicalDigest(altered) }), "expiry-unreasonable");
  }
});

test("attack: what was approved for another place or another moment", async () => {
  assert.equal(await codeOf(requestFor(await release({ channel: "beta" }))), "wrong-channel");
  assert.equal(await codeOf(requestFor(await release({ sequence: 2 }))), "succession-broken", "a sequence is skipped");
  assert.equal(
    await codeOf(requestFor(await release({ predecessor: good.digest }))),
    "succession-broken",
    "it follows what is not published",
  );
  assert.equal(await codeOf(requestFor(await release({ epoch: 2 }))), "epoch-out-of-step");
});

test("attack: too few people, the same person twice, or approvals that are swapped after logging", async () => {
  assert.equal(await codeOf(requestFor(await release({}, { approvers: [] }))), "approvals-missing");
  assert.equal(await codeOf(requestFor(await release({}, { approvers: ["dia"] }))), "approvals-missing", "the proposer's owner approves");
  assert.equal(
    await codeOf(requestFor(await release({}, { approvers: ["sign-ben"] }))),
    "approvals-missing",
    "a key that approves nothing",
  );
  assert.equal(await codeOf(requestFor(await release({}, { proposer: "sign-ben" }))), "proposal-not-signed");
  assert.equal(await codeOf(requestFor(await release({ urgent: true }))), "approvals-missing", "urgent takes one approval more");
  const other = await enter(ground, good.body, { approvers: ["ben"] });
  assert.equal(await codeOf(requestFor({ ...good, approvals: other.approvals })), "inclusion-unproven");
  assert.equal(await codeOf(requestFor({ ...good, proof: other.proof })), "inclusion-unproven");
  assert.equal(await codeOf(requestFor({ ...good, proof: "" })), "proof-malformed");
});

test("attack: a store without provenance, without its proof, or with other bytes", async () => {
  const [provenance = ""] = good.body.provenance;
  assert.equal(await codeOf(honest, { read: hiding("provenance/") }), "provenance-not-named");
  assert.equal(await codeOf(honest, { read: hiding(proofPath(provenance)) }), "provenance-not-named");
  for (const body of ["another", "x".repeat(good.body.artifacts[0]?.length ?? 0), ""]) {
    const lying = await serve(() => new Response(body), { port: 0 }, stopping.signal);
    assert.equal(await codeOf(honest, { artifacts: new ArtifactBytes(lying) }), "artifact-differs");
  }
});

test("attack: a denial is hidden, or heard once and then hidden", async () => {
  assert.equal(await codeOf(honest, { read: hiding("revocations/") }), "revocations-stale");
  const record = new SignerRecord(":memory:");
  const denial: Denial = { kind: "release", name: good.digest, since: 1_700_000_000, until: null, reason: "it is bad\n" };
  const subject = await gather(honest, senses);
  assert.ok(subject.ok);
  const [payload = ""] = subject.value.attestations.map(({ envelope }) => payloadDigest(envelope));
  for (const denied of [
    denial,
    { ...denial, kind: "build", name: good.body.provenance[0] ?? "" },
    { ...denial, kind: "build", name: payload },
    { ...denial, kind: "approval", name: good.approvals.map(approvalName)[0] ?? "" },
    { ...denial, kind: "builder", name: (await ground.key("builder")).keyid },
  ] as const) {
    await writeList([denied]);
    assert.equal(await codeOf(honest, { record: new SignerRecord(":memory:") }), "revoked", `${denied.kind} ${denied.name}`);
  }
  const denials = [{ ...denial, kind: "build", name: payload } as const];
  const orderOf = (action: Order["action"]): string => {
    const body = { ...good.body, _type: "order", action, release: good.digest, to: null, denials: [] } as unknown as Order;
    const added = { ...good, body, digest: canonicalDigest(body) };
    const about = { ...subject.value, added, revocations: { ...subject.value.revocations, denials } };
    const { outcome } = judge(
      about,
      signerChecks.filter(({ name }) => name === "revocations/none"),
    );
    return outcome.ok ? "ok" : outcome.refusal.code;
  };
  assert.deepEqual(
    ["recall", "widen", "resume", "slow", "lift"].map((action) => orderOf(action as Order["action"])),
    ["revoked", "revoked", "revoked", "ok", "ok"],
  );
  await writeList([denial], "revoke-ben");
  assert.equal(await codeOf(honest, { record }), "revoked");
  await writeList([], "revoke-ben");
  const listed = await writeList();
  assert.equal(await codeOf(honest, { record }), "revoked", "a missing entry lifts nothing");
  await writeList([], "revoke-ann", { [(await ground.key("revoke-ben")).keyid]: listed + 100 });
  assert.equal(await codeOf(honest), "revocations-withheld", "one revoker has seen a newer list of the other");
  await ground.store.write("revocations/revoke-ann.json", Buffer.from("{}"));
  await ground.store.write("revocations/revoke-ben.json", Buffer.from("{}"));
  assert.equal(await codeOf(honest), "revocations-stale");
  await writeList();
  assert.equal(await codeOf(honest), "ok");
});

test("attack: a second statement for a sequence, an older repository, another log, a burst", async () => {
  const record = new SignerRecord(":memory:");
  const subject = await gather(honest, senses);
  assert.ok(subject.ok);
  const { checkpoint } = subject.value.log.newest;
  const signing = { of: numbered(good.body), digest: good.digest, version: 1, time: subject.value.time, checkpoint };
  record.remember(signing);
  record.remember(signing);
  assert.equal(record.signedWithinHour(subject.value.time), 1, "the same again is one");
  assert.equal(await codeOf(honest, { record }), "ok", "the same statement may be signed again");
  assert.equal(await codeOf(honest, { record, signaturesPerHour: 1 }), "rate-limited");
  const rival = await release({ version: "1.0.1-rival" });
  const asked = requestFor(rival);
  await until("ok", asked);
  assert.equal(await codeOf(asked, { record }), "already-signed-another");

  const ahead = new SignerRecord(":memory:");
  ahead.remember({ ...signing, version: 7 });
  assert.equal(await codeOf(honest, { record: ahead }), "version-rolled-back");
  const forked = new SignerRecord(":memory:");
  forked.remember({ ...signing, checkpoint: { ...checkpoint, root: new Uint8Array(32) } });
  assert.equal(await codeOf(honest, { record: forked }), "ledger-forked");
  const shrunk = new SignerRecord(":memory:");
  shrunk.remember({ ...signing, checkpoint: { ...checkpoint, size: 1_000_000 } });
  assert.equal(await codeOf(honest, { record: shrunk }), "ledger-rolled-back");
});

test("an order about what is not published is refused", async () => {
  const order: Order = {
    _type: "order",
    spec: "countersign/1",
    action: "recall",
    product: "hello",
    channel: "stable",
    number: 1,
    release: good.digest,
    to: canonicalDigest("nowhere"),
    denials: [],
    overSeconds: null,
    reason: "a test",
  };
  const entry = await enter(ground, order);
  const head = nextHead(requestFor(good).heads[headPath(place)], place, entry);
  const channelFile = nextChannel(undefined, new Map([[headPath(place), head]]), soon);
  const asked = { ...honest, channelFile, id: canonicalDigest(channelFile), heads: { [headPath(place)]: head }, added: entry.digest };
  assert.equal(await codeOf(asked), "heads-differ");
  assert.equal(await codeOf(asked, {}, "request/heads"), "order-names-unpublished");
});

test("attack: a lift of a denial that nobody has made yet", async () => {
  const subject = await gather(honest, senses);
  assert.ok(subject.ok);
  const [said, unsaid]: readonly Denial[] = ["said", "unsaid"].map((reason) => ({
    ...({ kind: "release", name: good.digest, since: 1, until: null, reason } as const),
  }));
  assert.ok(said && unsaid);
  const code = (...answered: readonly Denial[]): string => {
    const body = { ...good.body, _type: "order", denials: answered.map(denialDigest) } as unknown as Order;
    const revocations = { denials: [said], lists: {} };
    const check = signerChecks.filter(({ name }) => name === "succession/denials");
    const { outcome } = judge({ ...subject.value, added: { ...good, body }, revocations }, check);
    return outcome.ok ? "ok" : outcome.refusal.code;
  };
  assert.equal(code(said), "ok");
  assert.equal(code(said, unsaid), "denial-unknown");
});

test("each check stands alone: a list that lacks it lets its attack through, and nothing else stops it", async () => {
  const unapproved = requestFor(await release({}, { approvers: [] }));
  await until("approvals-missing", unapproved);
  for (let wait = 0; wait < 600 && (await codeOf(unapproved, {}, "approvals/quorum")) !== "ok"; wait++) {
    await writeList();
    await sleep(100);
  }
  assert.equal(await codeOf(unapproved, {}, "approvals/quorum"), "ok");
  assert.equal(await codeOf(honest, { read: hiding("revocations/") }, "revocations/fresh"), "ok");
  const lying = await serve(() => new Response("another"), { port: 0 }, stopping.signal);
  assert.equal(await codeOf(honest, { artifacts: new ArtifactBytes(lying) }, "artifacts/bytes"), "ok");
});
