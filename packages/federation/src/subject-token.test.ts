// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generateKeyPair, importJWK, type JWTHeaderParameters, SignJWT } from "jose";
import { explainToken } from "./explain.ts";
import { audience, startIssuer, type TestIssuer } from "./issuer.test-support.ts";
import { type IssuerKeys, issuerKeys } from "./issuer-keys.ts";
import { githubClaims, githubPin, gitlabClaims, gitlabPin } from "./jobs.test-support.ts";
import { readToken } from "./jws.ts";
import { type FederatedPin, readPin } from "./pin.ts";
import { gatherToken, subjectTokenChecks, tokenId, verifySubjectToken } from "./subject-token.ts";

let issuer: TestIssuer;
let keys: IssuerKeys;
let pin: FederatedPin;
let fetches = 0;
const counted = (url: string, init: RequestInit): Promise<Response> => {
  fetches++;
  return fetch(url, init);
};
before(async () => {
  issuer = await startIssuer(githubClaims);
  keys = issuerKeys(fetch, Date.now);
  pin = githubPin(issuer.issuer, audience);
});
after(() => issuer[Symbol.asyncDispose]());

async function codeOf(token: string, of = pin, now = Date.now(), by = keys): Promise<string> {
  const { outcome } = await verifySubjectToken(token, of, by, now);
  return outcome.ok ? "accepted" : outcome.refusal.code;
}
const withClaims = (claims: Readonly<Record<string, unknown>>): Promise<string> => issuer.token({ claims });
const without = (...names: readonly string[]): Promise<string> => withClaims(Object.fromEntries(names.map((name) => [name, undefined])));

/** A token that somebody signs who is not the issuer, or not as the issuer would. */
async function forged(header: JWTHeaderParameters, claims: object, key: Parameters<SignJWT["sign"]>[0]): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const said = {
    ...githubClaims,
    iss: issuer.issuer,
    sub: "a job",
    aud: audience,
    iat: now,
    exp: now + 600,
    jti: crypto.randomUUID(),
    ...claims,
  };
  return new SignJWT(said).setProtectedHeader(header).sign(key);
}
const genuineKey = () => importJWK(issuer.key, "ES256");
const header = { alg: "ES256", kid: "issuer-1", typ: "JWT" };

test("the token of exactly the job that is pinned is accepted, with every rule in its trail", async () => {
  const { outcome, verdicts } = await verifySubjectToken(await issuer.token(), pin, keys, Date.now());
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.deepEqual(
    verdicts.map(({ check }) => check),
    subjectTokenChecks(pin).map(({ name }) => name),
  );
});

test("attack 1: the repository, or its owner, deleted and made again under the same name has another number", async () => {
  assert.equal(await codeOf(await withClaims({ repository_id: "7654321" })), "repository-id-differs");
  assert.equal(await codeOf(await withClaims({ repository_owner_id: "1" })), "repository-owner-id-differs");
});

test("attack 2: another workflow file of the same repository, or the same one renamed", async () => {
  const workflow_ref = "octo/app/.github/workflows/other.yml@refs/heads/main";
  assert.equal(await codeOf(await withClaims({ workflow_ref })), "workflow-ref-differs");
});

test("attack 3: a workflow that a stranger's pull request starts", async () => {
  for (const event_name of ["pull_request_target", "workflow_run"])
    assert.equal(await codeOf(await withClaims({ event_name })), "event-name-differs");
  assert.equal(await codeOf(await withClaims({ ref: "refs/heads/feature" })), "ref-differs");
  assert.equal(await codeOf(await withClaims({ ref_protected: "false" })), "ref-protected-differs");
  assert.equal(await codeOf(await withClaims({ ref_type: "tag" })), "ref-type-differs");
});

test("attack 4: a reusable workflow: who calls and what is called are two pins", async () => {
  const job_workflow_ref = "mallory/tools/.github/workflows/release.yml@refs/heads/main";
  assert.equal(await codeOf(await withClaims({ job_workflow_ref })), "job-workflow-ref-differs");
  const called = githubClaims["job_workflow_ref"];
  const workflow_ref = "octo/app/.github/workflows/anything.yml@refs/heads/main";
  assert.equal(await codeOf(await withClaims({ workflow_ref, job_workflow_ref: called })), "workflow-ref-differs");
});

test("attack 5: a value that a wildcard, prefix or regular expression would have taken", async () => {
  assert.equal(await codeOf(await withClaims({ ref: "refs/heads/main2" })), "ref-differs");
  assert.equal(await codeOf(await withClaims({ ref: "refs/heads/MAIN" })), "ref-differs");
  const generic: FederatedPin = { ...pin, kind: "oidc", claims: { sub: "repo:octo/app:environment:release" } };
  for (const sub of ["repo:octo/app:environment:release2", "repo:octo/app", "repo:octo/app2:environment:release"])
    assert.equal(await codeOf(await issuer.token({ sub }), generic), "sub-differs");
});

test("attack 6: a job without an environment, where nothing would have asked for one", async () => {
  assert.equal(await codeOf(await without("environment")), "environment-missing");
  assert.equal(await codeOf(await withClaims({ environment: "" })), "environment-differs");
  assert.equal(await codeOf(await withClaims({ environment: "staging" })), "environment-differs");
});

test("attack 7: a machine of somebody's own that runs the job", async () => {
  assert.equal(await codeOf(await withClaims({ runner_environment: "self-hosted" })), "runner-environment-differs");
});

test("attack 8: a token for another audience, or for several", async () => {
  assert.equal(await codeOf(await issuer.token({ audience: "https://other.example" })), "token-audience-differs");
  const both = await forged(header, { aud: [audience, "https://other.example"] }, await genuineKey());
  assert.equal(await codeOf(both), "token-audience-differs");
});

test("attack 9: an unknown key, a confused algorithm, an issuer with a slash more", async () => {
  const { privateKey } = await generateKeyPair("ES256");
  assert.equal(await codeOf(await forged({ ...header, kid: "thief" }, {}, privateKey)), "token-key-unknown");
  assert.equal(await codeOf(await forged(header, {}, privateKey)), "token-signature-invalid");
  const publicHalf = Buffer.from(JSON.stringify(issuer.key));
  assert.equal(await codeOf(await forged({ ...header, alg: "HS256" }, {}, publicHalf)), "token-algorithm-refused");
  const { privateKey: rsa } = await generateKeyPair("RS256");
  assert.equal(await codeOf(await forged({ ...header, alg: "RS256" }, {}, rsa)), "token-signature-invalid");
  const [, claims = ""] = (await issuer.token()).split(".");
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  assert.equal(await codeOf(`${none}.${claims}.AA`), "token-algorithm-refused");
  assert.equal(await codeOf(`${none}.${claims}.`), "token-malformed");
  assert.equal(await codeOf(await forged(header, { iss: `${issuer.issuer}/` }, await genuineKey())), "token-issuer-differs");
  assert.equal(await codeOf(await forged(header, { iss: "https://issuer.example" }, await genuineKey())), "token-issuer-differs");
  assert.equal(await codeOf(await forged({ ...header, typ: "at+jwt" }, {}, await genuineKey())), "token-type-differs");
  assert.equal(await codeOf(await forged({ ...header, typ: "dpop+jwt" }, {}, await genuineKey())), "token-type-differs");
});

test("attack 10: a token that comes twice has one name, however it is sent; a token without a name is refused", async () => {
  const [token, other] = [await issuer.token(), await issuer.token()];
  const idOf = (compact: string): string => {
    const read = readToken(compact);
    assert.ok(read.ok);
    return tokenId(read.value);
  };
  assert.equal(idOf(token), idOf(token));
  assert.notEqual(idOf(token), idOf(other));
  assert.equal(await codeOf(await without("jti")), "token-unnamed");
  const spiffe: FederatedPin = { ...pin, kind: "spiffe", claims: { sub: "spiffe://example.org/signer" } };
  const unnamed = await issuer.token({ sub: "spiffe://example.org/signer", claims: { jti: undefined } });
  assert.equal(await codeOf(unnamed, spiffe), "accepted");
  const resigned = `${unnamed.slice(0, unnamed.lastIndexOf("."))}.${"A".repeat(86)}`;
  assert.equal(idOf(unnamed), idOf(resigned), "another signature over the same claims is the same token");
});

test("attack 11: expired, not yet valid, from the future, or for ever; clocks may be half a minute apart", async () => {
  const token = await issuer.token();
  const read = readToken(token);
  assert.ok(read.ok);
  const exp = (read.value.claims["exp"] as number) * 1000;
  const iat = (read.value.claims["iat"] as number) * 1000;
  assert.equal(await codeOf(token, pin, exp + 29_000), "accepted");
  assert.equal(await codeOf(token, pin, exp + 30_000), "token-expired");
  assert.equal(await codeOf(token, pin, iat - 30_000), "accepted");
  assert.equal(await codeOf(token, pin, iat - 31_000), "token-from-the-future");
  const now = Math.floor(Date.now() / 1000);
  const key = await genuineKey();
  assert.equal(await codeOf(await forged(header, { nbf: now + 60 }, key)), "token-not-yet-valid");
  assert.equal(await codeOf(await forged(header, { exp: now + 86_401 }, key)), "token-too-long-lived");
  assert.equal(await codeOf(await forged(header, { exp: undefined }, key)), "token-expired");
  assert.equal(await codeOf(await forged(header, { iat: undefined }, key)), "token-from-the-future");
  assert.equal(await codeOf(await forged(header, { nbf: "soon" }, key)), "token-not-yet-valid");
});

test("attack 12: a fork's merge request that runs in the parent project (GitLab)", async () => {
  const own = gitlabPin(issuer.issuer, audience);
  const job = { ...Object.fromEntries(Object.keys(githubClaims).map((name) => [name, undefined])), ...gitlabClaims };
  assert.equal(await codeOf(await withClaims(job), own), "accepted");
  const fork = { pipeline_source: "merge_request_event" }; // under a branch's name that it chose itself
  assert.equal(await codeOf(await withClaims({ ...job, ...fork }), own), "pipeline-source-differs");
  assert.equal(await codeOf(await withClaims({ ...job, ...fork, ref: "feature", ref_protected: "false" }), own), "ref-differs");
  assert.equal(await codeOf(await withClaims({ ...job, project_id: "56" }), own), "project-id-differs");
  assert.equal(await codeOf(await withClaims({ ...job, namespace_id: "78" }), own), "namespace-id-differs");
  const ci_config_ref_uri = "gitlab.example/fork/app//.gitlab-ci.yml@refs/heads/main";
  assert.equal(await codeOf(await withClaims({ ...job, ci_config_ref_uri }), own), "ci-config-ref-uri-differs");
});

test("attack 13: a pin saved for a repository that does not exist, which somebody makes later", async () => {
  const named = { ...pin, claims: { ...pin.claims, repository_id: "octo/app" } };
  assert.ok(!readPin(named).ok, "a repository that does not exist has no number, so it cannot be pinned");
  assert.equal(await codeOf(await withClaims({ repository_id: "99999999" })), "repository-id-differs");
});

test("a claim inside another is pinned by its way: the service account's uid of Kubernetes", async () => {
  const uid = "6f1c2c5a-5df0-4e7f-8c5e-0a3c0a4b0b5d";
  const sub = "system:serviceaccount:release:signer";
  const own: FederatedPin = { ...pin, kind: "kubernetes", claims: { sub, "kubernetes.io/serviceaccount/uid": uid } };
  const job = (found: unknown) =>
    issuer.token({ sub, claims: { "kubernetes.io": { namespace: "release", serviceaccount: { name: "signer", uid: found } } } });
  assert.equal(await codeOf(await job(uid), own), "accepted");
  assert.equal(await codeOf(await job("another"), own), "kubernetes-io-serviceaccount-uid-differs");
  assert.equal(await codeOf(await job(undefined), own), "kubernetes-io-serviceaccount-uid-missing");
});

test("keys are kept, asked for again when an unknown one comes, and not as often as anybody likes", async () => {
  let now = Date.now();
  const slow = issuerKeys(counted, () => now);
  fetches = 0;
  const token = await issuer.token();
  assert.equal(await codeOf(token, pin, now, slow), "accepted");
  assert.equal(fetches, 2, "the discovery document and the keys");
  for (let time = 0; time < 5; time++)
    assert.equal(await codeOf(await forged({ ...header, kid: "new" }, {}, await genuineKey()), pin, now, slow), "token-key-unknown");
  assert.equal(fetches, 2);
  now += 10_000;
  assert.equal(await codeOf(await forged({ ...header, kid: "new" }, {}, await genuineKey()), pin, now, slow), "token-key-unknown");
  assert.equal(fetches, 4);
  assert.equal(await codeOf(token, pin, now, slow), "accepted");
  assert.equal(fetches, 4);
});

test("attack: an issuer that calls itself another, answers without end, redirects, or is not there", async () => {
  const answering = (answer: (url: string) => Response | Promise<Response>) => issuerKeys(async (url) => answer(url), Date.now);
  const token = await issuer.token();
  const about = (said: object) => answering(() => Response.json(said));
  assert.equal(
    await codeOf(token, pin, Date.now(), about({ issuer: "https://other.example", jwks_uri: "https://other.example/keys" })),
    "discovery-issuer-differs",
  );
  assert.equal(
    await codeOf(token, pin, Date.now(), about({ issuer: issuer.issuer, jwks_uri: "http://issuer.example/keys" })),
    "issuer-unguarded",
  );
  assert.equal(await codeOf(token, pin, Date.now(), about({})), "malformed-document");
  const unreachable: readonly (() => Response | Promise<Response>)[] = [
    () => new Response("x".repeat(300_000)),
    () => new Response("", { status: 500 }),
    () => Promise.reject(new TypeError("fetch failed")),
  ];
  for (const answer of unreachable) assert.equal(await codeOf(token, pin, Date.now(), answering(answer)), "issuer-unreachable");
});

test("an explanation names every rule that a token breaks, and says what of it nobody vouches for", async () => {
  const { privateKey } = await generateKeyPair("ES256");
  const bad = await gatherToken(
    await forged(header, { repository_id: "1", environment: "x", run_id: "8" }, privateKey),
    pin,
    keys,
    Date.now(),
  );
  assert.ok(bad.ok);
  const explained = explainToken(bad.value);
  assert.equal(explained.accepted, false);
  assert.deepEqual(
    explained.checks.flatMap(({ refusal }) => refusal?.code ?? []),
    ["token-signature-invalid", "repository-id-differs", "environment-differs"],
  );
  assert.ok(explained.checks.every(({ verified }) => !verified));
  assert.equal(explained.recorded["run_id"], "8");
  const good = await gatherToken(await issuer.token(), pin, keys, Date.now());
  assert.ok(good.ok && explainToken(good.value).accepted);
});

test("attack: a token that is none", async () => {
  for (const token of ["", ".", "..", "a.b.c", "e30.e30.e30", "e30.bnVsbA.AA", `${"a".repeat(20_000)}.a.a`, "eyJhbGciOjF9.e30.AA"])
    assert.match(await codeOf(token), /^token-malformed|^malformed/);
});
