// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { onBothEngines } from "../engine.test-support.ts";
import { type Answer, type Scene, setScene } from "../scene.test-support.ts";
import { inTurn } from "../turn.ts";
import { everyMilliseconds, remindersDue } from "./campaign.ts";
import { keepReviews } from "./keep-reviews.ts";
import { campaignsIn, type ShownCampaign } from "./reviews.ts";

onBothEngines((engine) => {
  // dia owns ci, whose deputy is ann; ann, ben, cem and dia may approve.
  let scene: Scene;
  before(async () => {
    scene = await setScene(2, engine);
    assert.equal((await scene.register(scene.client)).code, "ok");
  });
  after(() => scene[Symbol.asyncDispose]());

  const DAY = 86_400_000;
  let began = 0;
  let id = "";

  const newest = async (): Promise<ShownCampaign> => (await campaignsIn(scene.govern.database, Date.now()))[0] as ShownCampaign;
  const itemOf = async (name: string) => (await newest()).items.find((item) => item.name === name);
  const start = async (person: string, body: unknown = { days: 14 }, channel = "stable"): Promise<Answer> =>
    scene.client.post("/reviews", await scene.act(person, "review.start", channel, body));
  const confirm = async (person: string, item: string): Promise<string> =>
    (await scene.client.post("/reviews/confirmations", await scene.act(person, "review.confirm", item, { campaign: id }))).code;
  const remove = async (person: string, item: string): Promise<string> =>
    (await scene.client.post("/reviews/removals", await scene.act(person, "review.remove", item, { campaign: id }))).code;
  const keep = async (days: number): Promise<void> => {
    const published = await scene.govern.look();
    assert.ok(published.ok);
    await inTurn(scene.govern.database, (turn) => keepReviews(turn, published.value, began + days * DAY));
  };
  const statusOf = async (name: string): Promise<unknown> => (await scene.client.get(`/identities/${name}`)).body["status"];
  const acts = (name: string) => scene.govern.database.selectFrom("acts").select("body").where("act", "=", name).orderBy("number", "desc");

  test("a campaign asks about every identity and person who may act on a channel, who answers for each, and whether it is used", async () => {
    assert.equal((await start("ann", { days: 1 })).code, "campaign-time-unfit");
    assert.equal((await start("ann", { days: 14 }, "beta")).code, "channel-unknown");
    assert.equal((await start("ci")).code, "not-a-person");
    const started = await start("ann");
    assert.equal(started.code, "ok");
    id = String(started.body["id"]);
    assert.equal((await start("ben")).code, "campaign-running");
    const { items, started: at } = await newest();
    began = Date.parse(at);
    assert.deepEqual(
      items.map(({ name, kind, accountable }) => [name, kind, accountable]),
      [
        ["ann", "person", "ann"],
        ["ben", "person", "ben"],
        ["cem", "person", "cem"],
        ["ci", "identity", "dia"],
        ["dia", "person", "dia"],
      ],
    );
    assert.equal(items.find(({ name }) => name === "ci")?.unused, true, "it never did anything");
    assert.equal(items.find(({ name }) => name === "dia")?.unused, false, "she registered ci just now");
  });

  test("attack: reviewing one's own power, or that of an identity that one owns", async () => {
    assert.equal(await confirm("dia", "ci"), "review-own");
    assert.equal(await confirm("ben", "ben"), "review-own");
  });

  test("another person confirms, once; anybody takes away, their own too", async () => {
    assert.equal(await confirm("ben", "ann"), "ok");
    assert.equal(await confirm("cem", "ann"), "item-answered");
    assert.equal(await confirm("ann", "nobody"), "item-unknown");
    assert.equal(await confirm("ann", "ben"), "ok");
    assert.equal(await remove("dia", "dia"), "ok");
    assert.deepEqual([(await itemOf("dia"))?.answer, (await itemOf("dia"))?.by], ["removed", "dia"]);
  });

  test("whoever has not answered is reminded, three times, each an act that names what waits", async () => {
    const { started, deadline } = await newest();
    assert.equal(remindersDue({ started, deadline }, began), 0);
    for (const [day, reminders] of [
      [1, 0],
      [7.1, 1],
      [7.2, 1],
      [10.6, 2],
      [12.7, 3],
      [13, 3],
    ] as const) {
      await keep(day);
      assert.equal((await acts("review.reminded").execute()).length, reminders, `day ${day}`);
    }
    assert.deepEqual(JSON.parse((await acts("review.reminded").executeTakeFirstOrThrow()).body), { waiting: ["cem", "ci"] });
  });

  test("silence lapses at the deadline: an identity is suspended, a person's word counts for nothing there; both are in an act", async () => {
    await keep(14.1);
    assert.equal((await newest()).closed, new Date(began + 14.1 * DAY).toISOString());
    assert.equal(await statusOf("ci"), "suspended");
    const withheld = await scene.govern.database.selectFrom("withheld").select("person").orderBy("person").execute();
    assert.deepEqual(
      withheld.map(({ person }) => person),
      ["cem", "dia"],
    );
    assert.deepEqual(JSON.parse((await acts("review.closed").executeTakeFirstOrThrow()).body), { lapsed: ["cem", "ci"] });
  });

  test("what lapsed in silence may still be confirmed by another, and is back until its next review", async () => {
    assert.equal(await confirm("dia", "ci"), "review-own");
    assert.equal(await confirm("ann", "ci"), "ok");
    assert.equal(await statusOf("ci"), "active");
    assert.equal(await confirm("ann", "cem"), "ok");
    assert.equal(await confirm("ann", "dia"), "item-answered", "what somebody took away, no late word gives back");
  });

  test("a channel whose last campaign is long ago gets one by itself, and not another while it runs", async () => {
    await keep(15);
    assert.equal((await acts("review.started").execute()).length, 1);
    await keep(everyMilliseconds / DAY + 1);
    await keep(everyMilliseconds / DAY + 2);
    assert.equal((await acts("review.started").execute()).length, 2);
    assert.equal((await newest()).startedBy, "govern");
  });
});
