// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exchange } from "@countersign/daemon/client";
import { nextChannel } from "@countersign/repository/next-channel";
import { readFrom } from "@countersign/repository/read-from";
import { signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import type { Store } from "@countersign/repository/store";
import { canonicalDigest } from "@countersign/trust/canonical";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { proofPath } from "@countersign/trust/workflow/step";
import { publishConfig } from "@countersign/world/duty-configs";
import { type Published, readPublished } from "./published.ts";
import { issue, makeReady, openPublished, type Publisher } from "./publisher.ts";
import { codeOf, expires, setScene } from "./scene.test-support.ts";
import { turnsOf } from "./turn.ts";

const scene = await setScene();
after(() => scene[Symbol.asyncDispose]());
const { ground, publisher, govern, governUrl, asked, told, view, release, signedRequest } = scene;

async function opened(from: Publisher = publisher) {
  const published = await openPublished(from);
  assert.ok(published.ok, JSON.stringify(published));
  return published.value;
}

/** What a turn does with one signed request. */
async function publishChannel(by: Publisher, published: Published, request: SigningRequest) {
  const ready = await makeReady(by, published, request);
  return ready.ok ? issue(by, published, [ready.value]) : ready;
}
const refresh = (by: Publisher, published: Published) => issue(by, published, []);

test("the first start logs root, targets and policy, and then makes the first snapshot and timestamp", async () => {
  const turns = turnsOf(publisher, govern, 60_000);
  assert.deepEqual(await turns.turn(), { ok: true, value: { timestamp: 1, snapshot: 1 } });
  const { root, targets, ledger } = await view();
  for (const [type, digest] of [
    ["root", root.digest],
    ["targets", targets.digest],
  ] as const) {
    const proof = Buffer.from((await ground.store.read(proofPath(digest))) ?? "").toString();
    assert.equal(loggedCheck("test").examine({ candidate: { type, digest }, proof, ledger }).ok, true);
  }
  assert.deepEqual(await turns.turn(), { ok: true, value: { timestamp: 1, snapshot: 1 } }, "nothing is due, so nothing changes");
});

test("what the quorum signed is published whole, and govern is told", async () => {
  const entry = await release(1);
  asked.requests = [await signedRequest(entry, ["sign-ann", "sign-cem"])];
  const [request] = asked.requests;
  assert.deepEqual(await turnsOf(publisher, govern, 60_000).turn(), { ok: true, value: { timestamp: 2, snapshot: 2 } });
  const { channels, ledger, checkpoint } = await view();
  const file = channels.get("stable");
  assert.ok(file);
  assert.equal(canonicalDigest(file.signed), request?.id);
  const proof = Buffer.from((await ground.store.read(proofPath(file.digest))) ?? "").toString();
  const proven = loggedCheck("test").examine({ candidate: { type: "channel", digest: file.digest }, proof, ledger });
  assert.ok(proven.ok);
  assert.ok(
    checkpoint.checkpoint.size > Number(/entry (\d+)/.exec(proven.value.found)?.[1]),
    "the timestamp's checkpoint covers the channel file",
  );
  for (const [path, { hashes }] of Object.entries(file.signed.targets)) {
    const stored = path.replace(/[^/]+$/, (name) => `${hashes.sha256}.${name}`);
    assert.equal((await exchange(`${ground.url}/targets/${stored}`)).ok, true);
    assert.ok(await ground.store.read(`targets/${stored}`), path);
  }
  assert.deepEqual(told, [`/requests/${request?.id}/publications`, `/requests/${request?.id}/published`], "shown under a grant, then told");
  asked.requests = [];
});

test("what starts something is shown in a window only, also where that closes at the last moment; a renewal and the timestamp go on", async () => {
  const request = await signedRequest(await release(2), ["sign-ann", "sign-ben"]);
  const before = await view();
  const channelVersion = async () => (await view()).channels.get("stable")?.signed.version ?? 0;
  const version = await channelVersion();
  asked.requests = [request];
  for (const windows of ["closed", "closing"] as const) {
    asked.windows = windows;
    assert.ok((await turnsOf(publisher, govern, 0).turn()).ok);
    assert.equal(await channelVersion(), version);
  }
  assert.equal((await view()).timestamp.signed.version, before.timestamp.signed.version + 2);
  asked.windows = "closed";
  assert.equal(codeOf(await govern.mayShow(request)), "window-not-open");
  assert.equal(codeOf(await govern.mayShow({ ...request, added: null })), "ok");
  asked.windows = "open";
  asked.requests = [];
});

test("attack: govern passes off a channel file that too few signed, or that one key signed twice", async () => {
  const entry = await release(2);
  const one = await signedRequest(entry, ["sign-ben"]);
  assert.equal(codeOf(await publishChannel(publisher, await opened(), one)), "threshold-not-met");
  const strangers = await signedRequest(entry, ["sign-ben", "targets-ann", "builder"]);
  assert.equal(codeOf(await publishChannel(publisher, await opened(), strangers)), "threshold-not-met");
  const twice = { ...one, signatures: [...one.signatures, ...one.signatures] };
  assert.equal(codeOf(await publishChannel(publisher, await opened(), twice)), "malformed-document");
  const altered = await signedRequest(entry, ["sign-ann", "sign-ben"]);
  const longer = { ...altered, channelFile: { ...altered.channelFile, expires: "2091-01-01T00:00:00Z" } };
  assert.equal(codeOf(await publishChannel(publisher, await opened(), longer)), "threshold-not-met");
});

test("attack: govern offers an older or a skipped version, an expired one, or one whose bytes are nowhere", async () => {
  const { channels } = await view();
  const again = nextChannel(undefined, new Map(), expires);
  const sign = async (channelFile: typeof again): Promise<SigningRequest> => {
    const { signatures } = await signDocument(channelFile, [await ground.key("sign-ann"), await ground.key("sign-ben")]);
    return { id: canonicalDigest(channelFile), channel: "stable", channelFile, heads: {}, added: canonicalDigest(0), signatures };
  };
  assert.equal(codeOf(await publishChannel(publisher, await opened(), await sign(again))), "version-skipped");
  assert.equal(codeOf(await publishChannel(publisher, await opened(), await sign({ ...again, version: 7 }))), "version-skipped");
  const next = nextChannel(channels.get("stable")?.signed, new Map(), "2020-01-01T00:00:00Z");
  assert.equal(codeOf(await publishChannel(publisher, await opened(), await sign(next))), "expired");
  const nowhere = {
    ...next,
    expires,
    targets: { "stable/hello/linux-x64/x": { length: 1, hashes: { sha256: canonicalDigest("nowhere") } } },
  };
  const timestamp = (await view()).timestamp.signed.version;
  assert.equal(codeOf(await publishChannel(publisher, await opened(), await sign(nowhere))), "target-missing");
  assert.equal((await view()).timestamp.signed.version, timestamp, "nothing of it is visible");
});

test("a refresh carries the newest checkpoint, and goes on with the last one while the ledger is down", async () => {
  const before = await view();
  await release(3);
  assert.ok((await refresh(publisher, await opened())).ok);
  const between = await view();
  assert.ok(between.checkpoint.checkpoint.size > before.checkpoint.checkpoint.size);
  const down = { code: "ledger-unavailable", expected: "", found: "", remedy: "" };
  const deaf: Publisher = { ...publisher, ledger: { ...ground.ledger, checkpoint: async () => ({ ok: false, refusal: down }) } };
  assert.ok((await refresh(deaf, await opened())).ok);
  const after = await view();
  assert.equal(after.timestamp.signed.version, between.timestamp.signed.version + 1);
  assert.equal(after.checkpoint.note, between.checkpoint.note);
});

test("a store that was given a foreign timestamp is not signed onwards", async () => {
  const kept = await ground.store.read("metadata/timestamp.json");
  assert.ok(kept);
  const forged = { ...JSON.parse(Buffer.from(kept).toString()), signatures: [] };
  await ground.store.write("metadata/timestamp.json", Buffer.from(JSON.stringify(forged)));
  assert.equal(codeOf(await readPublished(readFrom(ground.store), publisher.anchor)), "threshold-not-met");
  await ground.store.write("metadata/timestamp.json", kept);
});

test("a proof that was spoiled in the store is made anew, since devices would be stopped by it", async () => {
  const { targets, ledger } = await view();
  await ground.store.write(proofPath(targets.digest), Buffer.from("c2sp.org/tlog-proof@v1\nindex 0\n"));
  assert.ok((await turnsOf(publisher, govern, 60_000).turn()).ok);
  const proof = Buffer.from((await ground.store.read(proofPath(targets.digest))) ?? "").toString();
  assert.equal(loggedCheck("test").examine({ candidate: { type: "targets", digest: targets.digest }, proof, ledger }).ok, true);
});

test("killed at any write: readers see the old repository or the new one, and the next run finishes", async () => {
  for (let survives = 0; ; survives++) {
    const before = await view();
    const entry = await release(4 + survives);
    const request = await signedRequest(entry, ["sign-ann", "sign-ben"]);
    const dying: Publisher = { ...publisher, store: dyingAfter(survives, ground.store) };
    const killed = await publishChannel(dying, await opened(), request).then(
      () => false,
      () => true,
    );
    const between = await view();
    const visible = between.channels.get("stable")?.signed.version === request.channelFile.version;
    assert.equal(visible, !killed);
    assert.equal(between.timestamp.signed.version, before.timestamp.signed.version + (killed ? 0 : 1));
    asked.requests = [request];
    assert.ok((await turnsOf(publisher, govern, 60_000).turn()).ok);
    assert.equal((await view()).channels.get("stable")?.signed.version, request.channelFile.version);
    assert.ok(told.includes(`/requests/${request.id}/published`));
    asked.requests = [];
    if (!killed) {
      assert.ok(survives >= 6, "proof, head, artifact, channel, snapshot and timestamp are a write each");
      break;
    }
  }
});

test("the process itself: it refreshes by itself, and POST /publish answers what devices see", async () => {
  const { url } = await ground.start("publish", "publish", publishConfig(ground.project, 0, governUrl, ground.ledgerUrl));
  const first = (await view()).timestamp.signed.version;
  const posted = await exchange(`${url}/publish`, { method: "POST" });
  assert.ok(posted.ok && posted.value.status === 200);
  assert.ok(JSON.parse(Buffer.from(posted.value.body).toString()).timestamp >= first);
  for (let wait = 0; (await view()).timestamp.signed.version < first + 3 && wait < 600; wait++) await sleep(100);
  assert.ok((await view()).timestamp.signed.version >= first + 3);
  const other = await exchange(`${url}/anything`);
  assert.equal(other.ok && other.value.status, 404);
});

/** A store whose process is killed after so many writes. */
function dyingAfter(writes: number, store: Store): Store {
  let left = writes;
  const spend = async (write: () => Promise<void>): Promise<void> => {
    if (left-- <= 0) throw new Error("killed");
    return write();
  };
  return {
    ...store,
    write: (path, bytes) => spend(() => store.write(path, bytes)),
    link: (from, to) => spend(() => store.link(from, to)),
  };
}
