// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Statement } from "@countersign/trust/release/statement";
import { sampleStatement } from "@countersign/world/sample-release";
import { onBothEngines } from "../engine.test-support.ts";
import { type Answer, type Scene, setScene } from "../scene.test-support.ts";
import type { Offboarding } from "./offboardings.ts";

onBothEngines((engine) => {
  // dia owns ci, whose deputy is ann; ann owns sign-ann, cem owns sign-cem, and both may approve.
  let scene: Scene;
  let first: Statement;
  before(async () => {
    scene = await setScene(2, engine);
    assert.equal((await scene.register(scene.client)).code, "ok");
    first = await sampleStatement(scene.ground);
  });
  after(() => scene[Symbol.asyncDispose]());

  const offboard = async (by: string, person: string): Promise<Answer> =>
    scene.client.post("/offboardings", await scene.act(by, "person.offboard", person, { reason: "a new job" }));
  const approve = async (person: string): Promise<string> =>
    (await scene.client.post(`/proposals/${canonicalDigest(first)}/approvals`, await scene.say(person, "approve", first))).code;
  const approvals = async (): Promise<string> =>
    JSON.stringify((await scene.client.get(`/proposals/${canonicalDigest(first)}`)).body["approvals"]);

  test("nobody offboards themselves, a stranger, or an identity", async () => {
    assert.equal((await offboard("dia", "dia")).code, "offboard-own");
    assert.equal((await offboard("ann", "eve")).code, "unknown-person");
    assert.equal((await offboard("ann", "ci")).code, "unknown-person");
    assert.equal((await offboard("ci", "ann")).code, "not-a-person");
  });

  test("an approver who leaves takes back what waits, and keys that go with them are listed with the ceremony that they wait for", async () => {
    await scene.window();
    assert.equal((await scene.propose(first)).code, "ok");
    assert.equal(await approve("cem"), "ok");
    const { keyid } = await scene.ground.key("cem");
    assert.ok((await approvals()).includes(keyid));
    const left = await offboard("ann", "cem");
    assert.equal(left.code, "ok", JSON.stringify(left.body));
    const done = left.body as unknown as Offboarding;
    assert.deepEqual([done.withdrawn, done.tooLate, done.handovers], [[canonicalDigest(first)], [], []]);
    assert.ok(!(await approvals()).includes(keyid), "the proposal waits for another");
    const ceremonies = new Map(done.rotations.map((rotation) => [rotation.roles.join(), rotation.ceremony]));
    assert.equal(ceremonies.get("root"), "root");
    assert.equal(ceremonies.get("signer of stable"), "targets");
    assert.equal(done.rotations.find((rotation) => rotation.keyid === keyid)?.ceremony, "targets");
  });

  test("attack: a leaver whom the policy still lists approves, and does anything else", async () => {
    assert.equal(await approve("cem"), "person-left");
    assert.equal((await offboard("cem", "ann")).code, "person-left");
    assert.equal((await offboard("ann", "cem")).code, "unknown-person", "once is enough");
  });

  test("what a leaver owned is suspended in its deputy's hands; its proposals are gone; what they ever saw is said", async () => {
    const left = await offboard("ben", "dia");
    assert.equal(left.code, "ok", JSON.stringify(left.body));
    const done = left.body as unknown as Offboarding;
    assert.deepEqual(done.handovers, [{ identity: "ci", to: "hands", owner: "ann", deputy: "ben" }]);
    assert.deepEqual(done.withdrawn, [canonicalDigest(first)]);
    assert.equal((await scene.client.get(`/proposals/${canonicalDigest(first)}`)).body["state"], "superseded");
    const { body } = await scene.client.get("/identities/ci");
    assert.deepEqual([body["owner"], body["deputy"], body["status"]], ["ann", "ben", "suspended"]);
    assert.deepEqual(
      done.seen.map(({ identity, keyid }) => [identity, keyid]),
      [["ci", body["keyid"]]],
    );
  });

  test("attack: what a leaver owned goes on without a second person", async () => {
    const again = { ...first, version: "1.0.9" };
    const proposal = await scene.say("ci", "propose", again);
    assert.equal((await scene.client.post("/proposals", { body: again, proposal })).code, "identity-not-registered");
    const renew = await scene.act("ann", "identity.renew", "ci", { reviewBy: "2027-01-01" });
    assert.equal((await scene.client.post("/identities/renewals", renew)).code, "reviewer-is-owner");
  });

  test("what is left to do is told at any time, by what is published then", async () => {
    const { body } = await scene.client.get("/offboardings/dia");
    assert.deepEqual([body["reason"], body["by"]], ["a new job", "ben"]);
    assert.equal((body["rotations"] as unknown[]).length, (body["scheduled"] as unknown[]).length, "no ceremony was held yet");
    assert.equal((await scene.client.get("/offboardings/ann")).code, "unknown-person");
  });
});
