// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileOf } from "@countersign/repository/edit/message";
import { revise } from "@countersign/repository/edit/revise";
import { replaceTopKey } from "@countersign/repository/edit/root-edits";
import { type Change, splice } from "@countersign/repository/edit/splice";
import { ledgerClient } from "@countersign/repository/ledger-client";
import { renewedChannel } from "@countersign/repository/renewal";
import { signDocument, signMessage } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { rawPublicKey } from "@countersign/tlog/signer";
import { formatVkey } from "@countersign/tlog/vkey";
import { canonicalDigest } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { proofPath } from "@countersign/trust/workflow/step";
import { makeKey } from "@countersign/world/found";
import { dutyDirectory, keyIn } from "@countersign/world/project";
import { replaceSigner } from "@countersign/world/rotate";
import { codeOf, expires, setScene } from "./scene.test-support.ts";
import { turnsOf } from "./turn.ts";

const scene = await setScene();
after(() => scene[Symbol.asyncDispose]());
const { directory, ground, publisher, govern, asked, view } = scene;

assert.ok((await turnsOf(publisher, govern, 0).turn()).ok);
asked.requests = [await scene.signedRequest(await scene.release(1), ["sign-ann", "sign-ben"])];
assert.ok((await turnsOf(publisher, govern, 0).turn()).ok);
asked.requests = [];

test("targets that their quorum has not signed yet, or that are no targets at all, stop nothing", async () => {
  const { targets } = await view();
  const path = `metadata/${targets.signed.version + 1}.targets.json`;
  const unfinished = fileOf(revise(targets.message, expires), []);
  for (const bytes of [unfinished, Buffer.from("{")]) {
    await ground.store.write(path, bytes);
    const before = await view();
    assert.ok((await turnsOf(publisher, govern, 0).turn()).ok);
    const after = await view();
    assert.ok(after.timestamp.signed.version > before.timestamp.signed.version);
    assert.equal(after.targets.signed.version, targets.signed.version);
  }
});

test("new targets wait until the channel file stands under them, and are listed together with the file that its new signers signed", async () => {
  const before = await view();
  const listed = before.channels.get("stable");
  assert.ok(listed);
  const ann = { holder: "sign-ann", owner: "ann" };
  assert.ok(listed.signatures.some(({ keyid }) => before.policy.holders[keyid]?.holder === ann.holder));
  const key = await replaceSigner(ground.project, ground.store, publisher.anchor, ann, "sign-ann-2");
  assert.ok(key.ok, JSON.stringify(key));
  assert.ok((await turnsOf(publisher, govern, 60_000).turn()).ok);
  assert.equal(
    (await view()).targets.signed.version,
    before.targets.signed.version,
    "every device would be led to a file that it must refuse",
  );

  const channelFile = renewedChannel(listed.signed, expires);
  const renewal = async (
    ...signers: readonly { keyid: string; sign(message: Uint8Array): Promise<Uint8Array> }[]
  ): Promise<SigningRequest> => {
    const { signatures } = await signDocument(channelFile, signers);
    return { id: canonicalDigest(channelFile), channel: "stable", channelFile, heads: {}, added: null, signatures };
  };
  asked.requests = [await renewal(await ground.key("sign-ann"), key.value)];
  assert.ok((await turnsOf(publisher, govern, 60_000).turn()).ok);
  assert.deepEqual(
    (await view()).snapshot.signed.meta["stable.json"],
    before.snapshot.signed.meta["stable.json"],
    "neither signers' quorum signed it",
  );

  asked.requests = [await renewal(await ground.key("sign-ben"), key.value)];
  assert.ok((await turnsOf(publisher, govern, 60_000).turn()).ok);
  asked.requests = [];
  const after = await view();
  assert.equal(after.targets.signed.version, before.targets.signed.version + 1);
  assert.deepEqual(after.channels.get("stable")?.signed, channelFile);
  assert.equal(after.snapshot.signed.version, before.snapshot.signed.version + 1, "both in one snapshot");
});

test("a root that replaces a witness is proven under the witnesses before it, and what it leaves standing is proven under its own", async () => {
  const before = await view();
  const { countersign } = JSON.parse(Buffer.from(before.root.bytes).toString()).signed as { countersign: { witnesses: string[] } };
  const stranger = formatVkey("witness-new", 4, rawPublicKey(generateKeyPairSync("ed25519").publicKey));
  await storeRoot([{ path: ["countersign", "witnesses"], value: [...countersign.witnesses.slice(0, 2), stranger] }]);
  assert.ok((await turnsOf(publisher, govern, 60_000).turn()).ok);
  const after = await view();
  assert.equal(after.root.signed.version, before.root.signed.version + 1);
  for (const [type, { digest }] of [
    ["targets", after.targets],
    ["channel", after.channels.get("stable") ?? after.targets],
  ] as const) {
    const proof = Buffer.from((await ground.store.read(proofPath(digest))) ?? "").toString();
    assert.ok(loggedCheck("test").examine({ candidate: { type, digest }, proof, ledger: after.ledger }).ok, type);
  }
});

test("a root that replaces the targets quorum stops what would be published on targets of the old one, until the new one has signed", async () => {
  const before = await view();
  const made = await Promise.all(
    ["targets-ann-2", "targets-ben-2"].map((holder) => makeKey(dutyDirectory(ground.project, holder), "ed25519")),
  );
  const [ann, ben] = made;
  assert.ok(ann && ben);
  const withAnn = splice(
    before.root.message,
    replaceTopKey(before.root.message, (await ground.key("targets-ann")).keyid, { key: ann.tuf, owner: "ann" }),
  );
  const both = replaceTopKey(withAnn, (await ground.key("targets-ben")).keyid, { key: ben.tuf, owner: "ben" });
  await storeRoot([], splice(withAnn, both));
  assert.equal(codeOf(await turnsOf(publisher, govern, 0).turn()), "threshold-not-met");
  const next = revise(before.targets.message, expires);
  await ground.store.write(`metadata/${before.targets.signed.version + 1}.targets.json`, fileOf(next, await signMessage(next, made)));
  assert.ok((await turnsOf(publisher, govern, 0).turn()).ok);
  const after = await view();
  assert.equal(after.targets.signed.version, before.targets.signed.version + 1);
  assert.deepEqual(after.channels.get("stable")?.digest, before.channels.get("stable")?.digest);
});

test("a root that names another log is proven under the old one; nothing is published that nobody would accept, until the new log is there", async () => {
  const before = await view();
  const log = await newLog();
  const root = await storeRoot([
    { path: ["countersign", "log"], value: { origin: log.origin, vkey: log.vkey } },
    { path: ["countersign", "witnesses"], value: log.witnesses },
  ]);
  assert.equal(codeOf(await turnsOf(publisher, govern, 60_000).turn()), "checkpoint-origin");
  const proof = Buffer.from((await ground.store.read(proofPath(sha256(root)))) ?? "").toString();
  assert.ok(loggedCheck("test").examine({ candidate: { type: "root", digest: sha256(root) }, proof, ledger: before.ledger }).ok);
  const kept = JSON.parse(Buffer.from((await ground.store.read("metadata/timestamp.json")) ?? "").toString());
  assert.ok(kept.signed.countersign.checkpoint.startsWith(before.ledger.origin));

  assert.ok((await turnsOf({ ...publisher, ledger: log.client }, govern, 60_000).turn()).ok);
  const after = await view();
  assert.equal(after.checkpoint.checkpoint.origin, log.origin);
  assert.ok(after.checkpoint.checkpoint.size < before.checkpoint.checkpoint.size, "it begins anew");
  const channel = after.channels.get("stable");
  assert.ok(channel);
  const again = Buffer.from((await ground.store.read(proofPath(channel.digest))) ?? "").toString();
  assert.ok(loggedCheck("test").examine({ candidate: { type: "channel", digest: channel.digest }, proof: again, ledger: after.ledger }).ok);
});

/** A second ledger with witnesses of its own, as the owners set it up beside the first. */
async function newLog() {
  const origin = "new.example/log";
  const keyAt = (holder: string) => makeKey(dutyDirectory(ground.project, holder), "ed25519");
  const vkeyOf = async (holder: string, name: string, type: 1 | 4) => formatVkey(name, type, rawPublicKey((await keyAt(holder)).publicKey));
  const own = (holder: string) => ({
    key: keyIn(dutyDirectory(ground.project, holder)),
    state: join(directory, `${holder}.sqlite`),
    port: 0,
  });
  const vkey = await vkeyOf("ledger-new", origin, 1);
  const witnesses = await Promise.all(
    ["witness-a", "witness-b"].map(async (name) => {
      const witness = await vkeyOf(name, name, 4);
      const { url } = await ground.start("witness", name, { ...own(name), name, logs: [vkey] });
      return { vkey: witness, url };
    }),
  );
  const pace = { quorum: 2, heartbeatMilliseconds: 300, batchMilliseconds: 10 };
  const { url } = await ground.start("ledger", "ledger-new", {
    ...own("ledger-new"),
    store: join(directory, "log-new"),
    origin,
    witnesses,
    ...pace,
  });
  return { origin, vkey, witnesses: witnesses.map((witness) => witness.vkey), client: ledgerClient(url) };
}

/** The root that follows, signed by the owners, as they store it: without a proof. */
async function storeRoot(changes: readonly Change[], message?: Uint8Array): Promise<Uint8Array> {
  const { root } = await view();
  const next = revise(message ?? root.message, root.signed.expires, changes);
  const bytes = fileOf(next, await signMessage(next, [await ground.key("root-ann"), await ground.key("root-ben")]));
  await ground.store.write(`metadata/${root.signed.version + 1}.root.json`, bytes);
  return bytes;
}
