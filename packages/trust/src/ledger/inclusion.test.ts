// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "@countersign/tlog/entry";
import { signerFromSeed } from "@countersign/tlog/signer";
import { judge } from "../check.ts";
import { codeOf, digestOf, ledger, must, TestLog, vkeyOf } from "../simulator.test-support.ts";
import { type ClaimedCheckpoint, claimedCheckpoint, cosignedCheck, type LedgerTrust } from "./checkpoint.ts";
import { loggedCheck, publicSince } from "./inclusion.ts";

const digest = digestOf("the document");
const release: Entry = { type: "release", digest, approvals: digestOf("approvals") };
const check = (candidate: Entry, proof: string, by = ledger) => codeOf(judge({ candidate, proof, ledger: by }, [loggedCheck("x")]).outcome);

async function longLog(): Promise<TestLog> {
  const log = new TestLog();
  for (let index = 0; index < 260; index++) await log.append({ type: "targets", digest: digestOf(`${index}`) });
  return log;
}

test("an entry is proven in a log of any size, wherever it stands", async () => {
  const log = await longLog();
  for (const index of [0, 1, 255, 256, 259]) {
    const entry: Entry = { type: "targets", digest: digestOf(`${index}`) };
    assert.equal(check(entry, await log.prove(entry, [1, 1])), "accepted");
  }
});

test("attack: a proof of one type, digest or set of approvals stands for no other", async () => {
  const log = await longLog();
  const proof = await log.prove({ type: "targets", digest }, [1, 1]);
  assert.equal(check({ type: "targets", digest }, proof), "accepted");
  for (const other of ["root", "channel", "policy", "provenance"] as const)
    assert.equal(check({ type: other, digest }, proof), "inclusion-unproven");
  assert.equal(check({ type: "targets", digest: digestOf("another") }, proof), "inclusion-unproven");
  const approved = await log.prove(release, [1, 1]);
  assert.equal(check(release, approved), "accepted");
  assert.equal(check({ ...release, approvals: digestOf("others") }, approved), "inclusion-unproven");
  assert.equal(check({ ...release, type: "order" }, approved), "inclusion-unproven");
});

test("attack: a proof under too few witnesses, another log, or nothing at all", async () => {
  const log = new TestLog();
  assert.equal(check(release, await log.prove(release, [1])), "witness-quorum-missing");
  const proof = await log.prove(release, [1, 1]);
  assert.equal(check(release, proof, { ...ledger, origin: "another.example" }), "checkpoint-origin");
  assert.equal(check(release, proof, { ...ledger, quorum: 3 }), "witness-quorum-missing");
  assert.equal(check(release, ""), "proof-malformed");
});

test("an entry is public since the time that a quorum vouches for", async () => {
  const log = new TestLog();
  assert.equal(must(publicSince(await log.prove(release, [300, 200, 1]), ledger)), 200);
  assert.equal(codeOf(publicSince(await log.prove(release, [300]), ledger)), "witness-quorum-missing");
  assert.equal(codeOf(publicSince("", ledger)), "proof-malformed");
});

/** A root that follows another log, with witnesses of its own, and has closed the old one at `final`. */
function movedOn(final: ClaimedCheckpoint): LedgerTrust {
  const [log, ...others] = ["next.example", "n1", "n2", "n3"].map((name, at) =>
    vkeyOf(signerFromSeed(Buffer.alloc(32, at), name, at === 0 ? 1 : 4)),
  );
  assert.ok(log);
  return { origin: "next.example", log, witnesses: others, quorum: 3, former: [{ ...ledger, final: final.checkpoint }] };
}

test("once a log is over its entries are proven as before, and public since when its own witnesses say", async () => {
  const log = new TestLog();
  const early = await log.prove(release, [300, 200, 1]);
  for (let index = 0; index < 5; index++) await log.append({ type: "targets", digest: digestOf(`${index}`) });
  const trust = movedOn(must(claimedCheckpoint(await log.note([1, 1]), ledger)));
  assert.equal(check(release, early, trust), "accepted");
  assert.equal(must(publicSince(early, trust)), 200, "by the quorum of two that it had");
  assert.equal(check(release, await log.prove(release, [900, 900]), trust), "accepted", "under its last tree");
});

test("attack: the key of a log that is over, with its witnesses, extends it, rewrites its last tree, or dates a repository", async () => {
  const log = new TestLog();
  await log.append({ type: "targets", digest });
  await log.append({ type: "targets", digest: digestOf("last") });
  const trust = movedOn(must(claimedCheckpoint(await log.note([1, 1]), ledger)));
  assert.equal(check(release, await log.prove(release, [1, 1]), trust), "log-closed");
  const rewritten = new TestLog();
  await rewritten.append({ type: "targets", digest });
  assert.equal(check(release, await rewritten.prove(release, [1, 1]), trust), "log-closed");
  const candidate = must(claimedCheckpoint(await log.note([1, 1, 1]), trust));
  assert.equal(codeOf(judge({ candidate, ledger: trust }, [cosignedCheck("timestamp")]).outcome), "checkpoint-origin");
});
