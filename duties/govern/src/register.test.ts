// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { registrationOf } from "@countersign/world/register";
import { onBothEngines } from "./engine.test-support.ts";
import { checksWithout } from "./govern-checks.ts";
import { type Registered, registration } from "./identity.ts";
import { hear } from "./personal-act.ts";
import { registerIdentity } from "./register.ts";
import { type Answer, type Scene, setScene } from "./scene.test-support.ts";

onBothEngines((engine) => {
  let scene: Scene;
  /** What dia says of her ci, as it should be. */
  let good: Record<string, unknown>;
  before(async () => {
    scene = await setScene(1, engine);
    good = { ...(await registrationOf(scene.ground.project, "ci", "dia", "propose")) };
  });
  after(() => scene[Symbol.asyncDispose]());

  const post = (path: string, body: unknown): Promise<Answer> => scene.client.post(path, body);
  const register = async (change: object = {}, subject = "ci", person = "dia"): Promise<Answer> =>
    post("/identities", await scene.act(person, "identity.register", subject, { ...good, ...change }));
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

  test("an identity without an owner, deputy, purpose, duty, channel, pin, lifetime or review date is not read", async () => {
    for (const member of Object.keys(good)) {
      const { [member]: _left, ...rest } = good;
      const answer = await post("/identities", await scene.act("dia", "identity.register", "ci", rest));
      assert.deepEqual([answer.status, answer.code], [400, "malformed-request"], member);
    }
  });

  test("wildcards, empty pins, unknown duties and members are not read", async () => {
    const pin = good["pin"] as object;
    const changes: readonly object[] = [
      { channel: "*" },
      { channel: ["stable", "beta"] },
      { channels: ["stable"] },
      { component: "hello/*" },
      { duties: [] },
      { duties: ["everything"] },
      { duties: ["propose", "propose"] },
      { purpose: " " },
      { pin: {} },
      { pin: { ...pin, thumbprint: "" } },
      { pin: { kind: "oidc", issuer: "https://issuer.example", audience: "govern", claims: { sub: "repo:octo/*" } } },
      { pin: { kind: "oidc", issuer: "https://issuer.example", audience: "govern", claims: {} } },
      { maxSeconds: 0 },
      { maxSeconds: 86_401 },
      { reviewBy: "some day" },
      { secret: "x" },
    ];
    for (const change of changes) assert.equal((await register(change)).code, "malformed-request", JSON.stringify(change));
  });

  test("what is read and may not be is refused, each by its own rule, which alone stops it", async () => {
    const { keyid: strange } = await scene.ground.key("builder");
    const cases: readonly (readonly [code: string, check: string, change: object, person?: string])[] = [
      ["not-the-owner", "register/owner", {}, "ann"],
      ["deputy-unfit", "register/deputy", { deputy: "dia" }],
      ["deputy-unfit", "register/deputy", { deputy: "eve" }],
      ["deputy-unfit", "register/deputy", { deputy: "builder" }],
      ["review-date-unfit", "register/review", { reviewBy: inDays(-1) }],
      ["review-date-unfit", "register/review", { reviewBy: inDays(400) }],
      ["channel-unknown", "register/channel", { channel: "beta" }],
      ["key-of-another", "register/key", { keyid: strange }],
    ];
    for (const [code, check, change, person] of cases) {
      assert.equal((await register(change, "ci", person)).code, code, check);
      const body = { ...good, ...change };
      const document = await scene.act(person ?? "dia", "identity.register", `without.${check.slice(9)}`, body);
      const others = check === "register/key" ? [] : ["register/key"]; // a name that the policy does not list
      const weak = { ...scene.govern, checks: checksWithout([check, "register/proof", "register/place", ...others]) };
      const heard = await hear(weak, document, "identity.register", registration);
      assert.ok(heard.ok);
      assert.equal((await registerIdentity(weak, heard.value)).ok, true, `${check} is what stops it`);
      await scene.govern.database.deleteFrom("identities").execute();
    }
  });

  test("its owner registers it; the same again is the same", async () => {
    const taken = await register();
    assert.equal(taken.status, 201);
    assert.deepEqual(taken.body, { name: "ci", ...good, status: "active" });
    const acts = async (): Promise<number> => ((await scene.client.get("/acts")).body["acts"] as unknown[]).length;
    const before = await acts();
    assert.deepEqual((await register()).body, taken.body);
    assert.equal(await acts(), before);
  });

  test("attack: the same signed act again, and one that was signed for something else", async () => {
    const document = await scene.act("ann", "identity.suspend", "ci", { reason: "to see" });
    assert.equal((await post("/identities/retirements", document)).code, "act-of-another-kind");
    assert.equal((await post("/identities/suspensions", document)).status, 200);
    assert.deepEqual(
      [(await post("/identities/suspensions", document)).status, (await post("/identities/suspensions", document)).code],
      [409, "act-seen"],
    );
    const { signatures, signed } = document;
    assert.equal((await post("/identities/suspensions", { signatures, signed: { ...signed, subject: "cj" } })).code, "signature-invalid");
    assert.equal((await post("/identities/suspensions", { signatures: [], signed })).code, "malformed-request");
  });

  test("what is suspended proposes nothing until another person than its owner renews it", async () => {
    const renew = async (person: string, reviewBy: string): Promise<Answer> =>
      post("/identities/renewals", await scene.act(person, "identity.renew", "ci", { reviewBy }));
    assert.equal(((await scene.client.get("/identities/ci")).body as unknown as Registered).status, "suspended");
    assert.equal(
      (await post("/identities/suspensions", await scene.act("ben", "identity.suspend", "ci", { reason: "again" }))).code,
      "identity-suspended",
    );
    assert.equal((await renew("dia", inDays(90))).code, "reviewer-is-owner");
    assert.equal((await renew("ann", inDays(-1))).code, "review-date-unfit");
    assert.deepEqual((await renew("ann", inDays(90))).body, { name: "ci", ...good, reviewBy: inDays(90), status: "active" });
  });

  test("the same identity on two channels, one component twice, and one name twice are refused", async () => {
    const changed = { component: "another", keyid: null };
    assert.equal((await register(changed, "ci-2")).code, "proof-taken");
    const pin = { kind: "certificate", thumbprint: "ab".repeat(32), audience: "govern" };
    assert.equal((await register({ ...changed, pin, keyid: good["keyid"] }, "ci-2")).code, "proof-taken");
    assert.equal((await register({ pin, keyid: null }, "ci-2")).code, "component-taken");
    assert.equal((await register({ ...changed, pin })).code, "identity-taken");
    assert.equal((await register({ ...changed, pin }, "ann")).code, "identity-taken", "a person's name");
    assert.equal((await register({ ...changed, pin }, "ci-2")).status, 201);
  });

  test("who answers for it retires it, for ever; its component may have another then, and its name nobody", async () => {
    const retire = async (person: string): Promise<Answer> =>
      post("/identities/retirements", await scene.act(person, "identity.retire", "ci-2", { reason: "replaced" }));
    assert.equal((await retire("ben")).code, "not-answerable");
    assert.equal((await retire("dia")).status, 200);
    assert.equal((await retire("dia")).code, "identity-retired");
    const pin = { kind: "certificate", thumbprint: "ab".repeat(32), audience: "govern" };
    const again = { component: "another", keyid: null, pin };
    assert.equal((await register(again, "ci-2")).code, "identity-taken");
    assert.equal((await register(again, "ci-3")).status, 201);
    assert.equal((await scene.client.get("/identities/ci-9")).status, 404);
  });
});
