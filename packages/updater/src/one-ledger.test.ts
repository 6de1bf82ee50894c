// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decodeBytes } from "@countersign/trust/decode";
import { contradiction, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { ledger, must } from "@countersign/trust/simulator.test-support";
import { keptEvidence } from "./evidence.ts";
import { Published, upToDate } from "./published.test-support.ts";
import { serve } from "./servers.test-support.ts";
import { update } from "./update.ts";

/** A device that follows a repository, and has seen its ledger at two sizes: 3, which it proved, and 4, which nothing new was proven under. */
async function followed() {
  const published = await Published.lay();
  const url = await serve((request, response) => published.answer(request, response));
  const device = await upToDate(url, published.files.get("metadata/1.root.json"));
  const check = () => checkOn(device.path);
  assert.equal(await check(), "current");
  await published.date();
  assert.equal(await check(), "current");
  return { published, url, check, path: device.path, [Symbol.asyncDispose]: () => device[Symbol.asyncDispose]() };
}

async function checkOn(path: string): Promise<string> {
  const report = must(await update(path, { until: "check" }));
  return report.refusal === undefined ? report.result : `${report.trail.at(-1)?.check}: ${report.refusal.code}`;
}

/** A device that comes from the first root and has seen nothing. */
async function checkOnNewcomer({ published, url }: Awaited<ReturnType<typeof followed>>): Promise<string> {
  await using device = await upToDate(url, published.files.get("metadata/1.root.json"));
  return await checkOn(device.path);
}

/** What each file of evidence shows, verified as a stranger would. */
async function shown(directory: string): Promise<readonly string[]> {
  const files = await keptEvidence(directory);
  return Promise.all(
    files.map(async (file) => {
      const verified = verifyContradiction(must(decodeBytes(contradiction, await readFile(file), file)), ledger);
      return verified.ok
        ? `${verified.value.kind} ${verified.value.smaller} ${verified.value.larger} ${verified.value.witnesses}`
        : verified.refusal.code;
    }),
  );
}

test("attack: another ledger of the size that was seen is refused, and both checkpoints convict the log and its witnesses", async () => {
  await using scene = await followed();
  await scene.published.fork(4);
  await scene.published.date({ grown: false });
  assert.equal(await scene.check(), "timestamp/ledger-size: ledger-forked");
  assert.deepEqual(await shown(scene.path), ["forked 4 4 w1,w2,w3"]);
  assert.equal(await scene.check(), "timestamp/ledger-size: ledger-forked");
  assert.equal((await keptEvidence(scene.path)).length, 1, "the same is kept once");
});

test("attack: a ledger that forks behind what was proven, and is larger than all that was seen", async () => {
  await using scene = await followed();
  await scene.published.fork(5);
  await scene.published.renew();
  assert.equal(await scene.check(), "ledger/consistent: ledger-inconsistent");
  assert.deepEqual(await shown(scene.path), ["forked 4 7 w1,w2,w3"]);
});

test("attack: a ledger that forks, and whose mirror keeps the tiles back that would show it: both checkpoints are kept all the same", async () => {
  await using scene = await followed();
  await scene.published.fork(5);
  await scene.published.renew();
  for (const path of scene.published.files.keys()) if (path.startsWith("log/tile/")) scene.published.files.delete(path);
  assert.equal(await scene.check(), "tile-missing: tile-missing");
  assert.deepEqual(await shown(scene.path), ["no-contradiction"]);
  assert.match(String((await keptEvidence(scene.path))[0]), /\/unproven\.[0-9a-f]{64}\.json$/);
});

test("attack: a ledger that is smaller than what was seen; it convicts witnesses who cosigned it later, and nobody where it is only served again", async () => {
  await using scene = await followed();
  await scene.published.fork(2);
  await scene.published.date({ grown: false });
  assert.equal(await scene.check(), "timestamp/ledger-size: ledger-rolled-back");
  assert.deepEqual(await shown(scene.path), []);
  await scene.published.date({ grown: false, later: 1 });
  assert.equal(await scene.check(), "timestamp/ledger-size: ledger-rolled-back");
  assert.deepEqual(await shown(scene.path), ["rolled-back 2 4 w1,w2,w3"]);
});

test("a ledger that only grew is followed, whatever was seen of it in between, and nothing is kept", async () => {
  await using scene = await followed();
  for (let round = 0; round < 3; round++) {
    await scene.published.date();
    await scene.published.renew();
    assert.equal(await scene.check(), "current");
  }
  assert.deepEqual(await keptEvidence(scene.path), []);
});

test("another log takes the ledger's place: devices go over to it, by what was proven in the old one", async () => {
  await using scene = await followed();
  await scene.published.moveOn();
  assert.equal(await scene.check(), "current");
  assert.equal(await checkOnNewcomer(scene), "current", "targets and channel file stand on proofs of the old log");
  await scene.published.date();
  await scene.published.renew();
  assert.equal(await scene.check(), "current");
  assert.deepEqual(await keptEvidence(scene.path), []);
});

test("attack: the old log's key, after root has closed it, goes on as if nothing had been", async () => {
  await using scene = await followed();
  await scene.published.moveOn();
  const timestamp = scene.published.files.get("metadata/timestamp.json");
  await scene.published.extendFormer();
  assert.equal(await checkOnNewcomer(scene), "targets/logged: log-closed");
  const { published } = await followed();
  const stale = published.files.get("metadata/timestamp.json");
  assert.ok(timestamp && stale);
  scene.published.files.set("metadata/timestamp.json", stale); // newer by number for a newcomer, and dated by the old log
  assert.equal(await checkOnNewcomer(scene), "timestamp/cosigned: checkpoint-origin");
});

test("attack: a root that pins another tree than the old log had: whoever has seen more of it refuses what stands on it", async () => {
  await using scene = await followed();
  await scene.published.moveOn({ root: new Uint8Array(32).fill(7) });
  await scene.published.renew();
  assert.equal(await scene.check(), "ledger/consistent: ledger-inconsistent");
});

test("attack: the files of the old log are kept back, so that nothing shows that an old proof is of the tree that root pins", async () => {
  await using scene = await followed();
  await scene.published.moveOn();
  for (const path of scene.published.files.keys()) if (path.startsWith("former-logs/")) scene.published.files.delete(path);
  assert.equal(await checkOnNewcomer(scene), "tile-missing: tile-missing");
});
