// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import type { GrantDetails } from "@countersign/federation/details";
import { makeProof, type ProofKey, proofKey } from "@countersign/federation/dpop";
import { exchangeGrantType, exchangeToken, type Granted } from "@countersign/federation/exchange";
import { readGrant } from "@countersign/federation/grant";
import { startIssuer, type TestIssuer } from "@countersign/federation/issuer.test-support";
import { githubClaims, githubPin } from "@countersign/federation/jobs.test-support";
import type { Outcome } from "@countersign/trust/refusal";
import { registrationOf } from "@countersign/world/register";
import { type Answer, type Client, type Scene, setScene } from "./scene.test-support.ts";

// A real issuer, a real govern; `shift` moves govern's clock, so that nothing is waited for.
let scene: Scene;
let client: Client;
let issuer: TestIssuer;
let url: string;
let window: string;
let key: ProofKey;
let shift = 0;
const digest = "d".repeat(64);
const around = { fetch, now: () => Date.now(), id: () => randomUUID() };

before(async () => {
  scene = await setScene(1, undefined, () => Date.now() + shift);
  client = scene.client;
  url = scene.govern.tokens.url();
  issuer = await startIssuer(githubClaims, scene.govern.tokens.issuer);
  const { project } = scene.ground;
  const record = { ...(await registrationOf(project, "ci", "dia", "propose")), pin: githubPin(issuer.issuer, scene.govern.tokens.issuer) };
  assert.equal((await client.post("/identities", await scene.act("dia", "identity.register", "ci", record))).code, "ok");
  key = await proofKey();
});
after(async () => {
  await issuer[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});
beforeEach(async () => {
  shift = 0;
  window = await openWindow();
});

async function openWindow(asked = { seconds: 3600, releases: 2, reason: "a test" }): Promise<string> {
  for (const { id, state } of (await client.get("/windows")).body["windows"] as { id: string; state: string }[])
    if (state !== "closed") await closeWindow(id);
  const { body } = await client.post("/windows", await scene.act("ann", "window.request", "stable", asked));
  assert.equal((await client.post("/windows/approvals", await scene.act("ben", "window.approve", String(body["id"]), {}))).code, "ok");
  return String(body["id"]);
}
const closeWindow = async (id: string): Promise<Answer> => client.post("/windows/ends", await scene.act("cem", "window.close", id, {}));
const subjectToken = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> => issuer.token({ claims });

interface Asking {
  readonly details?: Partial<GrantDetails>;
  readonly identity?: string;
  readonly token?: string;
  readonly audience?: string;
  readonly key?: ProofKey;
}
async function exchange({ details, identity = "ci", token, audience, key: by = key }: Asking = {}): Promise<Outcome<Granted>> {
  const wanted: GrantDetails = { type: "countersign", window, duty: "propose", channel: "stable", digest, uses: 1, ...details };
  const request = { url: `${url}/token`, identity, subject: "token", audience, details: wanted, key: by } as const;
  return exchangeToken({ ...request, subjectToken: token ?? (await subjectToken()) }, around);
}
const codeOf = async (asking?: Asking): Promise<string> => {
  const granted = await exchange(asking);
  return granted.ok ? "ok" : granted.refusal.code;
};
async function granted(asking?: Asking): Promise<Granted> {
  const outcome = await exchange(asking);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

/** A use of a grant at another server, which asks govern. */
async function use(
  { grant }: Pick<Granted, "grant">,
  changed: { readonly by?: ProofKey; readonly wanted?: object; readonly proof?: string } = {},
): Promise<Answer> {
  const at = "https://publish.example/publish";
  const proof = changed.proof ?? (await makeProof(changed.by ?? key, { method: "POST", url: at, grant }, randomUUID(), Date.now() + shift));
  const wanted = { duty: "propose", channel: "stable", digest, ...changed.wanted };
  return client.post("/grants/use", { grant, proof, method: "POST", url: at, audience: scene.govern.tokens.issuer, wanted });
}

test("a job's token is exchanged for a grant that names window, duty, channel, digest and uses, bound to the job's key", async () => {
  const { grant, expiresIn } = await granted();
  const read = readGrant(grant);
  assert.ok(read.ok);
  const { claims } = read.value;
  assert.deepEqual(claims.authorization_details, [{ type: "countersign", window, duty: "propose", channel: "stable", digest, uses: 1 }]);
  assert.deepEqual([claims.sub, claims.cnf.jkt, claims.act.recorded["run_id"]], ["ci", key.thumbprint, "7"]);
  assert.equal(expiresIn, 900, "what the register says");
  assert.equal((await use({ grant })).code, "ok");
});

test("attack: a second use, another digest, channel or duty, a proof that came before", async () => {
  const one = await granted();
  assert.equal((await use(one, { wanted: { digest: "e".repeat(64) } })).code, "grant-for-another-digest");
  assert.equal((await use(one, { wanted: { channel: "beta" } })).code, "grant-for-another-channel");
  assert.equal((await use(one, { wanted: { duty: "publish" } })).code, "grant-for-another-duty");
  assert.equal((await use(one)).code, "ok");
  assert.equal((await use(one)).code, "grant-used-up");
  const two = await granted({ details: { uses: 2 } });
  const proof = await makeProof(
    key,
    { method: "POST", url: "https://publish.example/publish", grant: two.grant },
    randomUUID(),
    Date.now(),
  );
  assert.equal((await use(two, { proof })).code, "ok");
  assert.equal((await use(two, { proof })).code, "proof-replayed");
});

test("attack: uses of one grant at the same time are counted one by one", async () => {
  const grant = await granted({ details: { uses: 3 } });
  const codes = await Promise.all(Array.from({ length: 10 }, async () => (await use(grant)).code));
  assert.deepEqual(codes.filter((code) => code === "ok").length, 3);
  assert.deepEqual(codes.filter((code) => code === "grant-used-up").length, 7);
});

test("closing a window kills the grants in hand at once, and no new one is issued in it", async () => {
  const grant = await granted();
  await closeWindow(window);
  assert.equal((await use(grant)).code, "window-not-open");
  assert.equal(await codeOf(), "window-not-open");
});

test("a grant is dead at the end of its window, to the moment, and never lives longer than it", async () => {
  window = await openWindow({ seconds: 60, releases: 1, reason: "short" });
  const grant = await granted();
  assert.ok(grant.expiresIn <= 60);
  shift = 61_000;
  assert.equal((await use(grant)).code, "token-expired");
  assert.equal(await codeOf(), "proof-stale", "a client whose clock is not govern's");
});

test("attack: a window's end is kept also by a token that would live on", async () => {
  window = await openWindow({ seconds: 5, releases: 1, reason: "short" });
  const grant = await granted();
  await scene.govern.database
    .updateTable("windows")
    .set({ ends: new Date(Date.now() - 1).toISOString() })
    .where("id", "=", window)
    .execute();
  assert.equal((await use(grant)).code, "window-not-open");
});

test("attack: a subject token comes twice, also with another key; asking again for a nonce does not use it up", async () => {
  const token = await subjectToken();
  const form = new URLSearchParams({ grant_type: exchangeGrantType });
  const naked = await fetch(`${url}/token`, {
    method: "POST",
    body: form,
    headers: { dpop: await makeProof(key, { method: "POST", url: `${url}/token` }, randomUUID(), Date.now()) },
  });
  assert.equal(((await naked.json()) as { error: string }).error, "use_dpop_nonce");
  assert.ok(naked.headers.get("dpop-nonce"));
  assert.equal(await codeOf({ token }), "ok", "the client's retry is no replay");
  assert.equal(await codeOf({ token }), "token-replayed");
  assert.equal(await codeOf({ token, key: await proofKey() }), "token-replayed");
});

test("attack: a thief's key. The grant is worth nothing to it, the identity is locked, and a finding says why", async () => {
  const grant = await granted({ details: { uses: 2 } });
  assert.equal((await use(grant)).code, "ok");
  assert.equal((await use(grant, { by: await proofKey() })).code, "grant-of-another-key");
  assert.equal((await use(grant)).code, "identity-not-active", "the owner's grant is dead, too");
  assert.equal(await codeOf(), "identity-not-active");
  const { body } = await client.get("/acts");
  const [locked] = (body["acts"] as { act: string; subject: string }[]).filter(({ act }) => act === "identity.locked");
  assert.equal(locked?.subject, "ci");
  const reviewBy = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  assert.equal(
    (await client.post("/identities/renewals", await scene.act("dia", "identity.renew", "ci", { reviewBy }))).code,
    "reviewer-is-owner",
  );
  assert.equal((await client.post("/identities/renewals", await scene.act("ann", "identity.renew", "ci", { reviewBy }))).code, "ok");
  assert.equal(await codeOf(), "ok");
});

test("attack: a duty or channel that the identity does not have, a stage that was not reached, another window or server", async () => {
  assert.equal(await codeOf({ details: { duty: "publish" } }), "duty-not-held");
  assert.equal(await codeOf({ details: { channel: "beta" } }), "channel-not-held");
  assert.equal(await codeOf({ details: { window: "w-0" } }), "window-not-open");
  assert.equal(await codeOf({ details: { digest: "*" } }), "details-malformed");
  assert.equal(await codeOf({ details: { uses: 17 } }), "details-malformed");
  assert.equal(await codeOf({ identity: "nobody" }), "identity-unknown");
  assert.equal(await codeOf({ audience: "https://other.example" }), "audience-unknown");
  assert.equal(await codeOf({ audience: "https://issuer.hello.countersign.example" }), "ok");
  assert.equal(await codeOf({ token: await subjectToken({ repository_id: "1" }) }), "repository-id-differs");
  assert.equal(await codeOf({ token: await issuer.token({ audience: "https://other.example" }) }), "token-audience-differs");
});

test("attack: more releases than the window is for", async () => {
  window = await openWindow({ seconds: 600, releases: 1, reason: "one" });
  assert.equal(await codeOf(), "ok");
  assert.equal(await codeOf(), "ok", "the same release again");
  assert.equal(await codeOf({ details: { digest: "e".repeat(64) } }), "window-spent");
});

test("attack: an identity that was suspended, or whose review is overdue, gets nothing, and what it has is dead", async () => {
  const grant = await granted();
  await client.post("/identities/suspensions", await scene.act("ann", "identity.suspend", "ci", { reason: "a test" }));
  assert.equal((await use(grant)).code, "identity-not-active");
  assert.equal(await codeOf(), "identity-not-active");
  const reviewBy = new Date(Date.now() + 200 * 86_400_000).toISOString().slice(0, 10);
  assert.equal((await client.post("/identities/renewals", await scene.act("ann", "identity.renew", "ci", { reviewBy }))).code, "ok");
  assert.equal((await use(grant)).code, "ok");
});

test("introspection says of a grant whether it lives, and of a forged one nothing", async () => {
  const ask = async (token: string): Promise<Record<string, unknown>> =>
    (await (await fetch(`${url}/introspect`, { method: "POST", body: new URLSearchParams({ token }) })).json()) as Record<string, unknown>;
  const grant = await granted();
  const living = await ask(grant.grant);
  assert.deepEqual([living["active"], living["used"], living["sub"]], [true, 0, "ci"]);
  const [head, body, signature = ""] = grant.grant.split(".");
  const said = JSON.parse(Buffer.from(body ?? "", "base64url").toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...said, sub: "eve" })).toString("base64url");
  for (const other of ["x.y.z", `${head}.${forged}.${signature}`]) assert.deepEqual(await ask(other), { active: false });
  await use(grant);
  assert.deepEqual(await ask(grant.grant), { active: false }, "it has no use left");
});

test("attack: more grants than any pipeline needs", async () => {
  const { grantsPerDay } = scene.govern.tokens.bounds;
  const { count } = await scene.govern.database
    .selectFrom("grants")
    .select((each) => each.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const codes: string[] = [];
  for (let number = Number(count); number <= grantsPerDay; number++) codes.push(await codeOf());
  assert.equal(codes.at(-1), "rate-exceeded");
  assert.ok(codes.slice(0, -1).every((code) => code === "ok"));
});

test("what a client of ours has to know is where RFC 8414 has it, and no private key with it", async () => {
  const metadata = (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as Record<string, unknown>;
  assert.equal(metadata["issuer"], scene.govern.tokens.issuer);
  assert.equal(metadata["token_endpoint"], `${url}/token`);
  const { keys } = (await (await fetch(String(metadata["jwks_uri"]))).json()) as { keys: { kid: string; d?: string }[] };
  assert.deepEqual([keys.length, keys[0]?.kid, keys[0]?.d], [1, scene.govern.tokens.jwk.kid, undefined]);
});
