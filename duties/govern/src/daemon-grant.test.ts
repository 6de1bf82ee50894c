// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { daemonGrants } from "@countersign/federation/daemon-identity";
import type { Errand, GrantSource } from "@countersign/federation/grant-source";
import { daemonIdentity } from "@countersign/world/certificate";
import { type Scene, setScene } from "./scene.test-support.ts";

let scene: Scene;
let renewal: string;
let daemon: GrantSource;
const errand: Errand = { duty: "propose", channel: "stable", digest: "d".repeat(64), uses: 1 };
before(async () => {
  scene = await setScene(1);
  assert.equal((await scene.register(scene.client)).status, 201);
  await scene.window();
  const identity = daemonIdentity(scene.ground.project, "ci");
  renewal = identity.renewal;
  daemon = await daemonGrants(identity, scene.client.url);
});
after(() => scene[Symbol.asyncDispose]());

const codeOf = async (source: GrantSource, what = errand): Promise<string> => {
  const granted = await source.grantFor(what);
  return granted.ok ? "ok" : granted.refusal.code;
};

test("a daemon gets grants by its certificate, each with a renewal that the next one takes", async () => {
  const seen = new Set<string>();
  for (let times = 0; times < 3; times++) {
    assert.equal(await codeOf(daemon), "ok");
    seen.add(await readFile(renewal, "utf8"));
  }
  assert.equal(seen.size, 3);
});

test("an answer that was lost on its way is asked for again, and locks nobody", async () => {
  const before = await readFile(renewal, "utf8");
  assert.equal(await codeOf(daemon), "ok");
  await writeFile(renewal, before); // it ended before it had kept the answer
  assert.equal(await codeOf(daemon), "ok");
  assert.equal(await codeOf(daemon), "ok");
});

test("errands at the same time come one after the other, so that no daemon locks itself", async () => {
  const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(daemon)));
  assert.deepEqual(new Set(codes), new Set(["ok"]));
});

test("attack: a daemon's key and renewal are copied. The first time that both have used theirs, the identity is locked", async () => {
  const copy = `${renewal}-copy`;
  await copyFile(renewal, copy);
  const thief = await daemonGrants({ ...daemonIdentity(scene.ground.project, "ci"), renewal: copy }, scene.client.url);
  assert.equal(await codeOf(thief), "ok", "nobody can tell yet");
  assert.equal(await codeOf(daemon), "ok", "an answer may have been lost");
  assert.equal(await codeOf(thief), "renewal-differs");
  assert.equal(await codeOf(daemon), "identity-not-active");
  const { body } = await scene.client.get("/acts");
  const locked = (body["acts"] as { act: string; subject: string; who: string }[]).find(({ act }) => act === "identity.locked");
  assert.deepEqual([locked?.subject, locked?.who], ["ci", "govern"]);
});

test("attack: a daemon whose certificate is pinned comes with a platform's token, or another daemon with its name", async () => {
  const other = { ...daemonIdentity(scene.ground.project, "ci"), identity: "nobody" };
  assert.equal(await codeOf(await daemonGrants(other, scene.client.url)), "identity-unknown");
});
