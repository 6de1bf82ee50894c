// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import { checksWithout } from "./govern-checks.ts";
import { type Answer, type Client, type Scene, setScene } from "./scene.test-support.ts";
import { isOpen } from "./window.ts";

let scene: Scene;
let client: Client;
before(async () => {
  scene = await setScene(1);
  client = scene.client;
});
after(() => scene[Symbol.asyncDispose]());

const hour = { seconds: 3600, releases: 1, reason: "1.2.0" };
const ask = async (person: string, body: object = hour, channel = "stable"): Promise<Answer> =>
  client.post("/windows", await scene.act(person, "window.request", channel, body));
const approve = async (person: string, id: unknown): Promise<Answer> =>
  client.post("/windows/approvals", await scene.act(person, "window.approve", String(id), {}));
const close = async (person: string, id: unknown): Promise<Answer> =>
  client.post("/windows/ends", await scene.act(person, "window.close", String(id), {}));
const idOf = ({ body }: Answer): unknown => body["id"];

test("a window is requested by one person, opened by another, and closed by any; each is an act", async () => {
  const asked = await ask("ann");
  assert.deepEqual([asked.status, asked.body["state"], asked.body["requestedBy"]], [201, "requested", "ann"]);
  const opened = await approve("ben", idOf(asked));
  assert.deepEqual([opened.code, opened.body["state"], opened.body["openedBy"]], ["ok", "open", "ben"]);
  const left = Date.parse(String(opened.body["ends"])) - Date.now();
  assert.ok(left > 3_590_000 && left <= 3_600_000);
  const closed = await close("cem", idOf(asked));
  assert.deepEqual([closed.code, closed.body["state"], closed.body["why"], closed.body["closedBy"]], ["ok", "closed", "hand", "cem"]);
  assert.equal((await close("ann", idOf(asked))).code, "ok", "once more changes nothing");
  const { body } = await client.get("/acts");
  const acts = (body["acts"] as { act: string; who: string; digest: string }[]).filter(({ act }) => act.startsWith("window."));
  assert.deepEqual(
    acts.map(({ act, who }) => `${who} ${act}`),
    ["cem window.closed", "ben window.opened", "ann window.requested"],
  );
  for (const { digest } of acts) {
    const whole = await client.get(`/acts/${digest}`);
    assert.equal(canonicalDigest(whole.body), digest, "an act is served whole, as the ledger names it");
  }
  assert.equal((await client.get(`/acts/${"0".repeat(64)}`)).code, "act-unknown");
});

test("attack: one person alone opens a window, twice, or one that was closed", async () => {
  const asked = await ask("ann");
  assert.equal((await approve("ann", idOf(asked))).code, "window-own");
  assert.equal((await approve("ben", idOf(asked))).code, "ok");
  assert.equal((await approve("cem", idOf(asked))).code, "window-not-requested");
  await close("ann", idOf(asked));
  assert.equal((await approve("ben", idOf(asked))).code, "window-not-requested");
});

test("attack: a document that opened one window opens no other, and an act for one window is none for another", async () => {
  const [one, other] = [await ask("ann"), await ask("ann")];
  const document = await scene.act("ben", "window.approve", String(idOf(one)), {});
  assert.equal((await client.post("/windows/approvals", document)).code, "ok");
  assert.equal((await client.post("/windows/approvals", document)).code, "act-seen");
  assert.equal(
    (await client.post("/windows/ends", await scene.act("ben", "window.approve", String(idOf(other)), {}))).code,
    "act-of-another-kind",
  );
  for (const each of [one, other]) await close("ann", idOf(each));
});

test("attack: a window for ever, for any number of releases, for every channel, for no reason, or one more than anybody looks at", async () => {
  assert.equal((await ask("ann", { ...hour, seconds: 86_401 })).code, "window-too-long");
  assert.equal((await ask("ann", { ...hour, releases: 9 })).code, "window-too-wide");
  assert.equal((await ask("ann", hour, "*")).code, "channel-unknown");
  assert.equal((await ask("ann", hour, "beta")).code, "channel-unknown");
  for (const bad of [{ seconds: 0 }, { releases: 0 }, { reason: "" }, { seconds: undefined }, { channels: ["stable"] }])
    assert.equal((await ask("ann", { ...hour, ...bad })).code, "malformed-request", JSON.stringify(bad));
  const standing = [];
  for (let number = 0; number < 8; number++) standing.push(idOf(await ask("ann")));
  assert.equal((await ask("ann")).code, "windows-too-many");
  for (const id of standing) await close("ann", id);
});

test("a window closes by itself when its time has come, and counts for nothing from that moment on", async () => {
  const asked = await ask("ann", { ...hour, seconds: 1 });
  const opened = await approve("ben", idOf(asked));
  const window = { state: "open", ends: String(opened.body["ends"]) } as const;
  const ends = Date.parse(window.ends);
  assert.equal(isOpen(window, ends - 1), true);
  assert.equal(isOpen(window, ends), false, "whether anybody has noted it or not");
  while (Date.now() < ends) await scene.progress();
  await scene.progress();
  const { body } = await client.get("/windows");
  const found = (body["windows"] as { id: string; state: string; why: string; closedBy: string }[]).find(({ id }) => id === idOf(asked));
  assert.deepEqual([found?.state, found?.why, found?.closedBy], ["closed", "time", "govern"]);
});

test("each rule of windows has a name, so that what it keeps out can be shown", () => {
  for (const name of [
    "window/channel",
    "window/time",
    "window/releases",
    "window/standing",
    "window/requested",
    "window/approver",
    "window/another",
  ])
    checksWithout([name]);
});
