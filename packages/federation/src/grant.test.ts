// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { decode } from "@countersign/trust/decode";
import { SignJWT } from "jose";
import { grantDetails } from "./details.ts";
import { type ProofKey, proofKey } from "./dpop.ts";
import { type GrantAround, type GrantClaims, signGrant, verifyGrant } from "./grant.ts";

const now = Date.parse("2026-11-23T12:00:00Z");
const digest = "d".repeat(64);
let govern: ProofKey & { readonly kid: string };
let holder: ProofKey;
let around: GrantAround;
let claims: GrantClaims;
before(async () => {
  govern = { ...(await proofKey()), kid: "token-1" };
  holder = await proofKey();
  claims = {
    iss: "https://govern.example",
    aud: "https://govern.example",
    sub: "ci",
    client_id: "ci",
    iat: now / 1000,
    exp: now / 1000 + 300,
    jti: "0123456789abcdef",
    cnf: { jkt: holder.thumbprint },
    act: { sub: "repo:octo/app", recorded: { run_id: "7" } },
    authorization_details: [{ type: "countersign", window: "w-1", duty: "propose", channel: "stable", digest, uses: 1 }],
  };
  around = {
    keys: [{ ...govern.jwk, kid: govern.kid }],
    issuer: claims.iss,
    audience: claims.aud,
    thumbprint: holder.thumbprint,
    wanted: { duty: "propose", channel: "stable", digest },
    now,
  };
});

async function codeOf(grant: string, changed: Partial<GrantAround> = {}): Promise<string> {
  const { outcome } = await verifyGrant(grant, { ...around, ...changed });
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("a grant is what it says, for the one thing it names", async () => {
  const judged = await verifyGrant(await signGrant(claims, govern), around);
  assert.ok(judged.outcome.ok, JSON.stringify(judged.outcome));
  assert.deepEqual({ ...judged.claims, act: { ...judged.claims?.act, recorded: { ...judged.claims?.act.recorded } } }, claims);
});

test("attack: a grant for another duty, channel or digest, at another server, of another key, or dead", async () => {
  const grant = await signGrant(claims, govern);
  const { wanted } = around;
  assert.equal(await codeOf(grant, { wanted: { ...wanted, duty: "publish" } }), "grant-for-another-duty");
  assert.equal(await codeOf(grant, { wanted: { ...wanted, channel: "beta" } }), "grant-for-another-channel");
  assert.equal(await codeOf(grant, { wanted: { ...wanted, digest: "e".repeat(64) } }), "grant-for-another-digest");
  assert.equal(await codeOf(grant, { audience: "https://issuer.example" }), "grant-audience-differs");
  assert.equal(await codeOf(grant, { issuer: "https://other.example" }), "grant-issuer-differs");
  assert.equal(await codeOf(grant, { thumbprint: (await proofKey()).thumbprint }), "grant-of-another-key");
  assert.equal(await codeOf(grant, { now: now + 300_000 }), "token-expired");
  assert.equal(await codeOf(await signGrant({ ...claims, exp: now / 1000 + 3601 }, govern)), "token-too-long-lived");
});

test("attack: a grant that govern did not sign, or signed as something else", async () => {
  const thief = { ...(await proofKey()), kid: "token-1" };
  assert.equal(await codeOf(await signGrant(claims, thief)), "grant-signature-invalid");
  assert.equal(await codeOf(await signGrant(claims, { ...govern, kid: "token-2" })), "grant-signature-invalid");
  const [head, body, signature] = (await signGrant(claims, govern)).split(".");
  const untyped = Buffer.from('{"typ":"JWT","alg":"ES256","kid":"token-1"}').toString("base64url");
  assert.equal(await codeOf(`${untyped}.${body}.${signature}`), "grant-type-differs");
  const shared = new SignJWT({ ...claims }).setProtectedHeader({ typ: "at+jwt", alg: "HS256", kid: "token-1" });
  assert.equal(await codeOf(await shared.sign(Buffer.from(JSON.stringify(around.keys[0])))), "grant-type-differs");
  const more = Buffer.from(JSON.stringify({ ...claims, sub: "eve" })).toString("base64url");
  assert.equal(await codeOf(`${head}.${more}.${signature}`), "grant-signature-invalid");
});

test("attack: details with a wildcard, an empty field, no digest, none or endless uses, or a field more do not parse", () => {
  const good = claims.authorization_details[0];
  assert.ok(decode(grantDetails, good, "details").ok);
  assert.ok(decode(grantDetails, { ...good, duty: "build", digest: "a".repeat(40) }, "details").ok);
  const bad: readonly object[] = [
    { channel: "*" },
    { channel: "" },
    { channel: "sta*" },
    { window: "*" },
    { duty: "everything" },
    { digest: "*" },
    { digest: undefined },
    { digest: "a".repeat(40) },
    { digest: "d".repeat(63) },
    { uses: 0 },
    { uses: 17 },
    { uses: "*" },
    { uses: undefined },
    { type: "other" },
    { scope: "all" },
  ];
  for (const change of bad) assert.equal(decode(grantDetails, { ...good, ...change }, "details").ok, false, JSON.stringify(change));
});
