// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import { sampleStatement } from "@countersign/world/sample-release";
import { onBothEngines } from "../engine.test-support.ts";
import { checksWithout } from "../govern-checks.ts";
import type { GrantIssueSubject } from "../grant-issue-checks.ts";
import { type Answer, type Scene, setScene } from "../scene.test-support.ts";
import { inTurn } from "../turn.ts";
import { settleBreaks } from "./settle-breaks.ts";

onBothEngines((engine) => {
  // An hour passes between the call and the window.
  let scene: Scene;
  before(async () => {
    scene = await setScene(2, engine);
  });
  after(() => scene[Symbol.asyncDispose]());

  const hour = 3_600_000;
  const release = canonicalDigest("the release that cannot wait");
  const asked = { release, reason: "exploited in the wild, and ben is on a plane", seconds: 4 * 3600 };
  const call = async (person: string, body: object = asked, channel = "stable"): Promise<Answer> =>
    scene.client.post("/breaks", await scene.act(person, "break-glass.call", channel, body));
  const cancel = async (person: string, id: unknown): Promise<string> =>
    (await scene.client.post("/breaks/cancellations", await scene.act(person, "break-glass.cancel", String(id), { reason: "it can wait" })))
      .code;
  const review = async (person: string, id: unknown): Promise<string> =>
    (
      await scene.client.post(
        "/breaks/reviews",
        await scene.act(person, "break-glass.review", String(id), { finding: "justified", reason: "the log agrees" }),
      )
    ).code;
  const window = async (): Promise<string> =>
    (await scene.client.post("/windows", await scene.act("ben", "window.request", "stable", { seconds: 60, releases: 1, reason: "1.2.0" })))
      .code;
  const pass = (milliseconds: number): Promise<void> =>
    inTurn(scene.govern.database, (turn) => settleBreaks(turn, Date.now() + milliseconds));
  const windows = () => scene.govern.database.selectFrom("windows").selectAll().execute();
  const acts = async (): Promise<readonly string[]> =>
    (
      await scene.govern.database
        .selectFrom("acts")
        .select(["who", "act"])
        .where("act", "like", "break-glass.%")
        .orderBy("number")
        .execute()
    ).map(({ who, act }) => `${who} ${act}`);

  test("attack: glass broken by a machine, for every channel, for every release, for no reason, or for longer than four hours", async () => {
    assert.equal((await call("ci")).code, "not-a-person");
    assert.equal((await call("ann", asked, "beta")).code, "not-an-approver");
    assert.equal((await call("ann", { ...asked, seconds: 4 * 3600 + 1 })).code, "window-too-long");
    for (const bad of [{ release: "*" }, { release: undefined }, { reason: " " }, { seconds: 0 }, { releases: 2 }])
      assert.equal((await call("ann", { ...asked, ...bad })).code, "malformed-request", JSON.stringify(bad));
    assert.deepEqual(await acts(), [], "nothing of it happened");
  });

  test("while it waits nothing is open, and any other person stops it", async () => {
    const called = await call("ann");
    assert.deepEqual([called.status, called.body["state"]], [201, "waiting"]);
    await pass(hour - 60_000);
    assert.deepEqual(await windows(), []);
    assert.equal(await cancel("cem", called.body["id"]), "ok");
    await pass(2 * hour);
    assert.deepEqual(await windows(), []);
    assert.equal(await cancel("cem", called.body["id"]), "break-glass-not-waiting");
    assert.deepEqual(await acts(), ["ann break-glass.called", "cem break-glass.cancelled"]);
  });

  test("what nobody stopped opens after its delay, once, for one release and four hours at most", async () => {
    const called = await call("ann");
    await pass(hour + 1000);
    await pass(hour + 2000);
    const [opened, ...others] = await windows();
    assert.deepEqual(
      [opened?.id, opened?.state, opened?.releases, opened?.requestedBy, opened?.openedBy],
      [called.body["id"], "open", 1, "ann", "ann"],
    );
    assert.equal(others.length, 0);
    assert.ok(Date.parse(opened?.ends ?? "") <= Date.parse(opened?.opened ?? "") + 4 * hour);
    assert.deepEqual((await acts()).slice(2), ["ann break-glass.called", "govern break-glass.opened"]);
  });

  test("attack: a window of broken glass used for another release, or for a build", async () => {
    const [opened] = await windows();
    const check = scene.govern.checks.grantIssue.find(({ name }) => name === "issue/break-glass");
    const asks = (digest: string): boolean =>
      check?.examine({ candidate: { digest }, onlyFor: release } as unknown as GrantIssueSubject).ok === true;
    assert.deepEqual([asks(release), asks(canonicalDigest("another"))], [true, false]);
    assert.equal(opened?.releases, 1);
  });

  test("nothing of the channel opens again until another person has looked at it", async () => {
    const { id = "" } = (await windows())[0] ?? {};
    assert.equal(await window(), "break-glass-unreviewed");
    assert.equal((await call("ben")).code, "break-glass-unreviewed");
    assert.equal(await review("ann", id), "review-own");
    assert.equal(await review("ben", id), "ok");
    assert.equal(await review("cem", id), "break-glass-not-open");
    assert.equal(await window(), "ok");
  });

  test("it is logged also where it was not needed: a window is open, and glass is broken all the same", async () => {
    const called = await call("dia");
    assert.equal(called.code, "ok");
    assert.equal((await acts()).at(-1), "dia break-glass.called");
    await cancel("ann", called.body["id"]);
  });

  test("it shortens nothing that signers and devices ask for: a release in it takes the same approvals", async () => {
    const called = await call("ann");
    await pass(hour + 1000);
    const body = await sampleStatement(scene.ground);
    const proposal = await scene.say("dia", "propose", body);
    assert.equal((await scene.client.post("/proposals", { body, proposal })).code, "ok");
    const given = await scene.client.post(`/proposals/${canonicalDigest(body)}/approvals`, await scene.say("ann", "approve", body));
    assert.deepEqual([given.code, given.body["state"]], ["ok", "proposed"], "one of two");
    assert.equal(await review("ben", called.body["id"]), "ok");
  });

  test("what somebody called for who has left meanwhile does not open", async () => {
    const called = await call("cem");
    const left = await scene.client.post("/offboardings", await scene.act("ann", "person.offboard", "cem", { reason: "gone" }));
    assert.equal(left.code, "ok", JSON.stringify(left.body));
    await pass(2 * hour);
    const row = await scene.govern.database
      .selectFrom("breaks")
      .selectAll()
      .where("id", "=", String(called.body["id"]))
      .executeTakeFirstOrThrow();
    assert.deepEqual([row.state, row.cancelledBy], ["cancelled", "govern"]);
  });

  test("each rule has a name, so that what it keeps out can be shown", () => {
    for (const name of ["break-glass/caller", "break-glass/bounded", "break-glass/reviewed", "break-glass/another", "window/break-glass"])
      checksWithout([name]);
  });
});
