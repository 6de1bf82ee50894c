// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { signAct } from "@countersign/release/personal-act";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Statement } from "@countersign/trust/release/statement";
import { sampleStatement } from "@countersign/world/sample-release";
import { onBothEngines } from "../engine.test-support.ts";
import { checksWithout, governChecks } from "../govern-checks.ts";
import { type Answer, type Scene, setScene } from "../scene.test-support.ts";
import { inTurn } from "../turn.ts";
import { linksThatHold, registerOf } from "./books.ts";
import { mayTakePart } from "./parts.ts";
import { beginTenure, endTenures } from "./tenure-rows.ts";

onBothEngines((engine) => {
  // dia owns ci, which proposes; ann, ben and cem own the signers; all four may approve.
  let scene: Scene;
  let first: Statement;
  before(async () => {
    scene = await setScene(2, engine);
    await scene.register(scene.client);
    first = await sampleStatement(scene.ground);
    await scene.window();
    assert.equal((await scene.propose(first)).code, "ok");
  });
  after(() => scene[Symbol.asyncDispose]());

  const approve = async (person: string): Promise<string> =>
    (await scene.client.post(`/proposals/${canonicalDigest(first)}/approvals`, await scene.say(person, "approve", first))).code;

  async function link(by: string, account: string, other: string, as: "same" | "member" = "same"): Promise<Answer> {
    const deed = { act: "person.link", subject: account, body: { other, as }, now: Date.now(), nonce: randomBytes(16) };
    return scene.client.post("/links", await signAct(await scene.ground.key(by), deed));
  }

  test("what the policy says of owners is in the books once, before anybody is judged by it", async () => {
    const published = await scene.govern.look();
    assert.ok(published.ok);
    const { tenures } = await registerOf(scene.govern.database, published.value.policy);
    assert.ok(tenures.some(({ of, by, as, until }) => of === "ci" && by === "dia" && as === "owner" && until === null));
    assert.ok(tenures.some(({ of, by }) => of === "sign-ann" && by === "ann"));
    const seen = await scene.govern.database.selectFrom("acts").select("act").where("act", "=", "policy.seen").execute();
    assert.equal(seen.length, 1);
  });

  test("one person does not take another's voice away by declaring them somebody's second account; two do", async () => {
    assert.deepEqual((await link("ben", "cem", "dia")).body, { holds: false });
    assert.deepEqual((await link("ben", "cem", "dia")).body, { holds: false }, "said twice by one is said once");
    assert.equal(await approve("cem"), "ok");
    assert.deepEqual((await link("ann", "cem", "dia")).body, { holds: true });
  });

  test("attack: approving by a second account what the first one's identity proposed", async () => {
    assert.deepEqual((await link("ann", "ann", "dia")).body, { holds: true }, "one of the two says so");
    assert.equal(await approve("ann"), "duties-meet");
  });

  test("a declaration that nobody of the policy signed is refused, and so is one that is not of its form", async () => {
    assert.equal((await link("ci", "ben", "dia")).code, "not-a-person");
    const deed = { act: "person.link", subject: "ben", body: { other: "*", as: "same" }, now: Date.now(), nonce: randomBytes(16) };
    assert.equal((await scene.client.post("/links", await signAct(await scene.ground.key("ann"), deed))).code, "malformed-request");
    assert.ok(
      !linksThatHold(await scene.govern.database.selectFrom("links").selectAll().execute()).some(({ account }) => account === "ben"),
    );
  });

  test("attack: changing the owner of what proposed, and approving as the one before; `apart/past` alone sees it", async () => {
    const { database } = scene.govern;
    const published = await scene.govern.look();
    assert.ok(published.ok);
    const when = async () => ({
      number: (await database.selectFrom("acts").select("number").orderBy("number", "desc").executeTakeFirstOrThrow()).number,
      time: new Date().toISOString(),
    });
    const owner = { of: "bot", as: "owner", source: "register" } as const;
    await beginTenure(database, await when(), { ...owner, by: "ben" });
    const digest = canonicalDigest("another");
    const others = [{ power: "propose", by: "bot", at: Date.now() }] as const;
    const asked = (checks = governChecks) =>
      inTurn(database, (turn) =>
        mayTakePart(turn, { candidate: { power: "approve", by: "ben", at: Date.now() }, digest, others }, published.value, checks),
      );
    assert.equal((await asked()).ok, false);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await endTenures(database, await when(), owner);
    await beginTenure(database, await when(), { ...owner, by: "dia" });
    assert.equal((await asked()).ok, false, "he owned it when it proposed");
    assert.equal((await asked(checksWithout(["apart/past"]))).ok, true);
  });
});
