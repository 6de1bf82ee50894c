// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@countersign/daemon/http";
import { httpReader } from "@countersign/repository/http-store";
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { readFrom } from "@countersign/repository/read-from";
import { renewedChannel } from "@countersign/repository/renewal";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { openRepository } from "@countersign/repository/view";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalBytes, canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { verifySignature } from "@countersign/trust/key";
import { accept } from "@countersign/trust/refusal";
import { type Head, headDocument } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { type Denial, denialDigest, type RevocationList } from "@countersign/trust/revocation/list";
import { proofPath, type Read } from "@countersign/trust/workflow/step";
import { publishConfig, signConfig } from "@countersign/world/duty-configs";
import { layGround } from "@countersign/world/ground";
import { appPlan } from "@countersign/world/plan";
import { anchorFile, dutyDirectory } from "@countersign/world/project";
import { replaceSigner } from "@countersign/world/rotate";
import { enter, sampleStatement } from "@countersign/world/sample-release";
import { renewalChecks, signerChecks } from "./checks.ts";
import { ArtifactBytes } from "./evidence.ts";
import { gather, gatherRenewal, type Senses } from "./gather.ts";
import { numbered, SignerRecord } from "./record.ts";
import type { Added } from "./subject.ts";

const directory = mkdtempSync(join(tmpdir(), "sign-"));
const plan = {
  ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]),
  soakSeconds: 10,
  urgent: { soakSeconds: 1, extraApprovals: 1 },
  pace: { batchMilliseconds: 10, pollMilliseconds: 50, heartbeatMilliseconds: 200, timestampSeconds: 3600 },
};
const ground = await layGround(directory, plan);
const stopping = new AbortController();
after(async () => {
  stopping.abort();
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

// Govern, in the hands of an attacker: it asks for what it likes.
let requests: readonly SigningRequest[] = [];
let signed: readonly SigningRequest[] = [];
const wireOf = (asked: SigningRequest) => ({
  ...asked,
  heads: Object.fromEntries(Object.entries(asked.heads).map(([path, head]) => [path, headDocument(head)])),
});
const posted: { path: string; body: { keyid?: string; sig?: string; signer: string; refusal?: { code: string }; verdicts: unknown[] } }[] =
  [];
const govern = await serve(
  async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method === "POST") posted.push({ path: pathname, body: JSON.parse(await request.text()) });
    return Response.json({ requests: searchParams.get("state") === "open" ? requests.map(wireOf) : signed.map(wireOf) });
  },
  { port: 0 },
  stopping.signal,
);
await ground.start("publish", "publish", publishConfig(ground.project, 0, govern, ground.ledgerUrl));

const read = readFrom(httpReader(ground.url));
const senses: Senses = {
  read,
  artifacts: new ArtifactBytes(ground.url),
  anchor: readFileSync(anchorFile(ground.project)),
  record: new SignerRecord(":memory:"),
  signaturesPerHour: 60,
  now: Date.now,
};
const place = { product: "hello", platform: "linux-x64", channel: "stable" };
const soon = `${new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 19)}Z`;

/** A revoker's list, dated now. */
let listed = 0;
async function writeList(denials: readonly Denial[] = [], revoker = "revoke-ann", seen: RevocationList["seen"] = {}): Promise<void> {
  const checkpoint = await ground.ledger.checkpoint();
  assert.ok(checkpoint.ok);
  const list = { _type: "revocations", spec: "countersign/1", revoker, version: ++listed, checkpoint: checkpoint.value, seen, denials };
  await ground.store.write(`revocations/${revoker}.json`, documentBytes(await signDocument(list, [await ground.key(revoker)])));
}

/** What an honest govern asks for: these entries, one after the other, in a head of a channel that has none yet. */
function requestFor(...entries: readonly Added[]): SigningRequest {
  const head = entries.reduce<Head | undefined>((before, entry) => nextHead(before, place, entry), undefined);
  const last = entries.at(-1);
  assert.ok(head && last);
  const heads = { [headPath(place)]: head };
  const channelFile = nextChannel(undefined, new Map(Object.entries(heads)), soon);
  return { id: canonicalDigest(channelFile), channel: "stable", channelFile, heads, added: last.digest, signatures: [] };
}

/** What a signer with these senses and these checks says: ok, or the code of its refusal. */
async function codeOf(request: SigningRequest, change: Partial<Senses> = {}, without?: string): Promise<string> {
  const subject = await gather(request, { ...senses, ...change });
  if (!subject.ok) return subject.refusal.code;
  const checks = signerChecks.filter(({ name }) => name !== without);
  const { outcome } = judge(subject.value, checks);
  return outcome.ok ? "ok" : outcome.refusal.code;
}

/** Waits until a signer would say this, while revokers keep saying that nothing is denied. */
async function until(code: string, request: SigningRequest): Promise<void> {
  for (let wait = 0; wait < 1200; wait++) {
    await writeList();
    if ((await codeOf(request)) === code) return;
    await sleep(100);
  }
  assert.equal(await codeOf(request), code);
}

const hiding =
  (hidden: string): Read =>
  async (path, maxBytes) =>
    path.startsWith(hidden) ? accept(undefined) : read(path, maxBytes);
const release = async (change: Partial<Statement> = {}, voices = {}) => enter(ground, await sampleStatement(ground, change), voices);

for (let wait = 0; wait < 1200 && (await ground.store.read("metadata/timestamp.json")) === undefined; wait++) await sleep(50);
const good = await release();
const honest = requestFor(good);

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
  const other = await release({}, { approvers: ["ben"] });
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
  for (const denied of [
    denial,
    { ...denial, kind: "build", name: good.body.provenance[0] ?? "" },
    { ...denial, kind: "builder", name: (await ground.key("builder")).keyid },
  ] as const) {
    await writeList([denied]);
    assert.equal(await codeOf(honest, { record: new SignerRecord(":memory:") }), "revoked", denied.kind);
  }
  await writeList([denial], "revoke-ben");
  assert.equal(await codeOf(honest, { record }), "revoked");
  await writeList([], "revoke-ben");
  await writeList();
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

test("the process: it signs what is right and says once why it does not sign the rest; its record is there first", async () => {
  const unapproved = requestFor(await release({}, { approvers: [] }));
  const config = signConfig(ground.project, "sign-cem", govern, ground.url);
  await ground.start("sign", "sign-cem", config);
  requests = [honest, unapproved, { ...honest, channel: "beta" }];
  for (let wait = 0; wait < 1200 && new Set(posted.map(({ path }) => path)).size < 2; wait++) {
    await writeList();
    await sleep(50);
  }
  const signature = posted.find(({ path }) => path === `/requests/${honest.id}/signatures`);
  assert.ok(signature);
  const key = await ground.key("sign-cem");
  assert.equal(signature.body.keyid, key.keyid);
  assert.ok(verifySignature(key.tuf, canonicalBytes(honest.channelFile), signature.body.sig ?? ""));
  assert.equal(signature.body.signer, "sign-cem");
  assert.equal(signature.body.verdicts.length, signerChecks.length);
  await sleep(300);
  const refusals = posted.filter(({ path }) => path === `/requests/${unapproved.id}/refusals`);
  assert.deepEqual(
    refusals.map(({ body }) => body.refusal?.code),
    ["approvals-missing"],
  );
  const record = readFileSync(join(dutyDirectory(ground.project, "sign-cem"), "record.sqlite"));
  assert.ok(record.length > 0);
  assert.throws(() => new SignerRecord(String(config["state"])), /locked/, "a second signer on one record does not start");
  assert.throws(() => new DatabaseSync(String(config["state"])).exec("SELECT * FROM signing"), /locked/);
});

test("a channel file is signed again when half of its time is over or its signers changed, and only then, and with nothing new in it", async () => {
  const { signatures } = await signDocument(honest.channelFile, [await ground.key("sign-ann"), await ground.key("sign-ben")]);
  signed = [{ ...honest, signatures }];
  const anchor = readFileSync(anchorFile(ground.project));
  const current = async () => {
    const view = await openRepository(read, anchor, Date.now());
    return view.ok ? view.value.channels.get("stable")?.signed : undefined;
  };
  const renewal = (channelFile: TargetsDocument): SigningRequest => ({
    ...honest,
    id: canonicalDigest(channelFile),
    channelFile,
    heads: {},
    added: null,
  });
  const code = async (request: SigningRequest, change: Partial<Senses> = {}): Promise<string> => {
    const subject = await gatherRenewal(request, { ...senses, ...change });
    if (!subject.ok) return subject.refusal.code;
    const { outcome } = judge(subject.value, renewalChecks);
    return outcome.ok ? "ok" : outcome.refusal.code;
  };
  const inDays = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
  assert.equal(await code(renewal(nextChannel(undefined, new Map(), soon))), "nothing-to-renew");
  for (let wait = 0; wait < 200 && (await current()) === undefined; wait++) await sleep(50);
  const published = await current();
  assert.ok(published);

  const due = renewal(renewedChannel(published, inDays(200)));
  assert.equal(await code(due), "ok");
  assert.equal(await code(renewal(renewedChannel(published, inDays(120)))), "renewal-not-due");
  assert.equal(await code(renewal(renewedChannel(published, inDays(500)))), "expiry-unreasonable");
  assert.equal(await code({ ...due, heads: honest.heads }), "renewal-not-due", "something new");
  assert.equal(await code(renewal({ ...due.channelFile, targets: {} })), "channel-file-differs", "a release is dropped on the way");
  assert.equal(await code(renewal({ ...due.channelFile, version: 7 })), "channel-file-differs");
  const ahead = new SignerRecord(":memory:");
  const seen = await gatherRenewal(due, senses);
  assert.ok(seen.ok);
  const { checkpoint } = seen.value.log.newest;
  ahead.remember({ of: { kind: "renewal", product: "", channel: "stable", number: 9 }, digest: due.id, version: 9, time: 1, checkpoint });
  assert.equal(await code(due, { record: ahead }), "version-rolled-back");
  const elsewhere = new SignerRecord(":memory:");
  const foreign = { ...checkpoint, origin: "old.example/log", size: 1_000_000 };
  elsewhere.remember({
    of: { kind: "renewal", product: "", channel: "stable", number: 1 },
    digest: due.id,
    version: 1,
    time: 1,
    checkpoint: foreign,
  });
  assert.equal(await code(due, { record: elsewhere }), "ok", "what was seen of a log that root has replaced says nothing of this one");

  const early = renewal(renewedChannel(published, inDays(100)));
  assert.equal(await code(early), "renewal-not-due");
  const replaced = await replaceSigner(ground.project, ground.store, anchor, { holder: "sign-ann", owner: "ann" }, "sign-ann-2");
  assert.ok(replaced.ok);
  assert.equal(await code(early), "ok", "the owners want other signers");
});
