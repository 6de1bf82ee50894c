// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { nextChannel } from "@countersign/repository/next-channel";
import { renewedChannel } from "@countersign/repository/renewal";
import { signDocument } from "@countersign/repository/sign-document";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { openRepository } from "@countersign/repository/view";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalBytes, canonicalDigest } from "@countersign/trust/canonical";
import { judge } from "@countersign/trust/check";
import { verifySignature } from "@countersign/trust/key";
import { signConfig } from "@countersign/world/duty-configs";
import { anchorFile, dutyDirectory } from "@countersign/world/project";
import { replaceSigner } from "@countersign/world/rotate";
import { renewalChecks, signerChecks } from "./checks.ts";
import { gatherRenewal, type Senses } from "./gather.ts";
import { SignerRecord } from "./record.ts";
import { asked, govern, ground, honest, posted, read, release, requestFor, senses, soon, until, writeList } from "./scene.test-support.ts";

test("the process: it signs what is right, in a window, and says once why it does not sign the rest; its record is there first", async () => {
  const unapproved = requestFor(await release({}, { approvers: [] }));
  await until("ok", honest);
  const config = await signConfig(ground.project, "sign-cem", govern, ground.url);
  await ground.start("sign", "sign-cem", config);
  asked.open = [honest, unapproved, { ...honest, channel: "beta" }];
  const told = async (path: string, code?: string) => {
    const said = () => posted.find((each) => each.path === `/requests/${path}` && each.body.refusal?.code === code);
    for (let wait = 0; wait < 1200 && said() === undefined; wait++) {
      await writeList();
      await sleep(50);
    }
    return said();
  };
  asked.windows = "closed";
  assert.ok(await told(`${unapproved.id}/refusals`, "approvals-missing"));
  const waiting = await told(`${honest.id}/refusals`, "window-not-open");
  assert.equal(waiting?.body.verdicts.length, signerChecks.length, "every check let it pass");
  assert.ok(!posted.some(({ path }) => path.endsWith("/signatures")));
  asked.windows = "open";
  const signature = await told(`${honest.id}/signatures`);
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
  asked.signed = [{ ...honest, signatures }];
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
