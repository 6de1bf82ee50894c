// SPDX-License-Identifier: Apache-2.0
// Exchanges, uses and closings at the same time, on several govern processes over one PostgreSQL.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type ProofKey, proofKey } from "@countersign/federation/dpop";
import { exchangeToken, grantHeaders } from "@countersign/federation/exchange";
import { startIssuer, type TestIssuer } from "@countersign/federation/issuer.test-support";
import { githubClaims, githubPin } from "@countersign/federation/jobs.test-support";
import { governAudience } from "@countersign/world/certificate";
import { ciIssuer } from "@countersign/world/ci-job";
import { governConfig } from "@countersign/world/duty-configs";
import { registrationOf } from "@countersign/world/register";
import { ensure } from "../../../tools/outside.ts";
import { postgresEngine } from "./engine.test-support.ts";
import { type Client, clientOf, type Scene, setScene } from "./scene.test-support.ts";

const exchanges = 200;
const windows = 8;
/** Two hundred at once wait for one another's turn, and on a busy machine for longer than a single client would. */
const patient = (url: string, init: RequestInit): Promise<Response> => fetch(url, { ...init, signal: AbortSignal.timeout(120_000) });
const around = { fetch: patient, now: Date.now, id: () => randomUUID() };

interface Attempt {
  readonly window: string;
  readonly token: number;
  readonly code: string;
  readonly grant?: string;
}

describe("on PostgreSQL", { skip: ensure(["postgres"])[0] ?? false }, () => {
  let scene: Scene;
  let issuer: TestIssuer;
  let governs: readonly Client[];
  let key: ProofKey;
  before(async () => {
    const database = await postgresEngine.create("");
    scene = await setScene(1, { name: "PostgreSQL", create: async () => database });
    const { ground } = scene;
    const audience = governAudience(ground.project.plan);
    issuer = await startIssuer(githubClaims, audience);
    const config = {
      ...governConfig(ground.project, 0, ground.ledgerUrl, { [ciIssuer(ground.project.plan)]: issuer.issuer }),
      database,
      pollMilliseconds: 50,
      grantsPerDay: 1000,
    };
    const started = await Promise.all(["govern-1", "govern-2"].map((holder) => ground.start("govern", holder, config)));
    governs = started.map(({ url }) => clientOf(url));
    const record = { ...(await registrationOf(ground.project, "ci", "dia", "propose")), pin: githubPin(issuer.issuer, audience) };
    assert.equal((await one(0).post("/identities", await scene.act("dia", "identity.register", "ci", record))).code, "ok");
    key = await proofKey();
  });
  after(async () => {
    await issuer[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });

  const one = (number: number): Client => governs[number % governs.length] as Client;
  const digestOf = (number: number): string => `${number % 4}`.repeat(64);

  async function opened(): Promise<string> {
    const { body } = await one(0).post(
      "/windows",
      await scene.act("ann", "window.request", "stable", { seconds: 600, releases: 8, reason: "a race" }),
    );
    const answer = await one(1).post("/windows/approvals", await scene.act("ben", "window.approve", String(body["id"]), {}));
    assert.equal(answer.code, "ok");
    return String(body["id"]);
  }
  async function exchange(number: number, window: string, token: number, compact: string): Promise<Attempt> {
    const details = { type: "countersign", window, duty: "propose", channel: "stable", digest: digestOf(number), uses: 4 } as const;
    const url = `${one(number).url}/token`;
    const granted = await exchangeToken({ url, identity: "ci", subject: "token", subjectToken: compact, details, key }, around);
    if (!granted.ok && granted.refusal.code === "issuer-unreachable") return exchange(number, window, token, compact); // govern could not ask it: nothing was used up
    return granted.ok ? { window, token, code: "ok", grant: granted.value.grant } : { window, token, code: granted.refusal.code };
  }
  async function use(number: number, grant: string, digest: string): Promise<string> {
    const url = "https://publish.example/publish";
    const { dpop: proof } = await grantHeaders({ grant, key }, { method: "POST", url }, around);
    const wanted = { duty: "propose", channel: "stable", digest };
    const audience = governAudience(scene.ground.project.plan);
    return (await one(number).post("/grants/use", { grant, proof, method: "POST", url, audience, wanted })).code;
  }

  test("200 exchanges, their uses, replays and the closing of every window at once: nothing outlives its window, nothing counts twice, nothing hangs", async (context) => {
    const ids: string[] = [];
    for (let number = 0; number < windows; number++) ids.push(await opened());
    // every fourth token is sent to both processes at the same time
    const tokens = await Promise.all(Array.from({ length: (exchanges * 3) / 4 }, () => issuer.token()));
    const tokenOf = (number: number): number => (number % 4 === 3 ? number - 1 - Math.floor(number / 4) : number - Math.floor(number / 4));
    const started = Date.now();
    let [uses, used] = [0, 0];
    const attempts = Array.from({ length: exchanges }, async (_, number): Promise<Attempt> => {
      const token = tokenOf(number);
      const attempt = await exchange(number, ids[number % windows] ?? "", token, tokens[token] ?? "");
      if (attempt.grant === undefined) return attempt;
      const codes = await Promise.all([0, 1].map((process) => use(process, attempt.grant ?? "", digestOf(number))));
      uses += codes.length;
      used += codes.filter((code) => code === "ok").length;
      assert.deepEqual(
        codes.filter((code) => !["ok", "window-not-open"].includes(code)),
        [],
      );
      return attempt;
    });
    const closings = ids.map(async (id, number) => {
      while (used < (exchanges / windows) * number * 0.8) await new Promise((resolve) => setTimeout(resolve, 5));
      const began = Date.now();
      assert.equal((await one(number).post("/windows/ends", await scene.act("cem", "window.close", id, {}))).code, "ok");
      return Date.now() - began;
    });
    const done = await Promise.all(attempts);
    used = Number.POSITIVE_INFINITY; // lets the closings that still wait go on
    const closed = await Promise.all(closings);
    const took = Date.now() - started;

    const codes = [...new Set(done.map(({ code }) => code))].sort();
    assert.deepEqual(
      codes.filter((code) => !["ok", "token-replayed", "window-not-open"].includes(code)),
      [],
    );
    const granted = done.filter(({ code }) => code === "ok");
    assert.equal(new Set(granted.map(({ token }) => token)).size, granted.length, "no token was exchanged twice");

    const acts = await scene.govern.database.selectFrom("acts").select(["number", "act", "subject"]).orderBy("number").execute();
    const grants = await scene.govern.database.selectFrom("grants").select(["id", "window", "used"]).execute();
    const ends = new Map(acts.filter(({ act }) => act === "window.closed").map(({ number, subject }) => [subject, number]));
    const windowOf = new Map(grants.map(({ id, window }) => [id, window]));
    assert.equal(ends.size, windows);
    const late = acts.filter(
      ({ act, number, subject }) => act.startsWith("grant.") && number > (ends.get(windowOf.get(subject) ?? "") ?? 0),
    );
    assert.deepEqual(late, [], "no grant was issued or used after its window closed");
    assert.equal(grants.length, granted.length);
    const counted = acts.filter(({ act }) => act === "grant.used").length;
    assert.equal(
      grants.reduce((sum, { used: each }) => sum + each, 0),
      counted,
    );

    const began = Date.now();
    const afterwards = await Promise.all(granted.map(({ grant = "" }, number) => use(number, grant, digestOf(0)).then((code) => code)));
    assert.ok(afterwards.every((code) => code === "window-not-open" || code === "grant-for-another-digest"));
    const replayed = done.filter(({ code }) => code === "token-replayed").length;
    const refused = done.filter(({ code }) => code === "window-not-open").length;
    context.diagnostic(
      `${exchanges} exchanges on ${governs.length} processes in ${took} ms: ${granted.length} granted, ${replayed} replays and ${refused} after the end refused; ` +
        `${counted} of ${uses} uses counted; closing took ${Math.max(...closed)} ms at most; ${granted.length} dead grants refused in ${Date.now() - began} ms`,
    );
    assert.ok(granted.length > 0 && replayed > 0, "there was something to race for");
  });
});
