// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { calculateJwkThumbprint, EmbeddedJWK, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { makeProof, type ProofUse, proofKey, provenBy, thumbprintOf, verifyProof } from "./dpop.ts";

const now = Date.parse("2026-11-23T12:00:00Z");
const id = "0123456789abcdef";
const use: ProofUse = { method: "POST", url: "https://govern.example/token" };

async function codeOf(proof: string | undefined, { nonce, ...wanted }: ProofUse = use, time = now): Promise<string> {
  const isNonce = nonce === undefined ? undefined : (given: string) => given === nonce;
  const { outcome } = await verifyProof(proof, { use: wanted, isNonce, now: time });
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("a proof by either kind of key is accepted, and says whose it is", async () => {
  for (const algorithm of ["ES256", "EdDSA"] as const) {
    const key = await proofKey(algorithm);
    const { outcome } = await verifyProof(await makeProof(key, use, id, now), { use, isNonce: undefined, now });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.deepEqual(provenBy(outcome.value), { thumbprint: key.thumbprint, id: `${key.thumbprint}:${id}` });
  }
});

test("the thumbprint is that of RFC 7638, and jose verifies the proof as its own", async () => {
  const key = await proofKey();
  assert.equal(key.thumbprint, await calculateJwkThumbprint(key.jwk));
  const okp = await proofKey("EdDSA");
  assert.equal(thumbprintOf(okp.jwk), await calculateJwkThumbprint(okp.jwk));
  const verified = await jwtVerify(await makeProof(key, use, id, now), EmbeddedJWK, { typ: "dpop+jwt", currentDate: new Date(now) });
  assert.equal(verified.payload["htu"], use.url);
});

test("a query and a fragment are not part of what a proof is for", async () => {
  const key = await proofKey();
  const proof = await makeProof(key, { ...use, url: `${use.url}?a=1#b` }, id, now);
  assert.equal(await codeOf(proof, { ...use, url: `${use.url}?c=2` }), "accepted");
});

test("attack: a proof made for another request, another grant, another time or another nonce", async () => {
  const key = await proofKey();
  const proof = (changed: Partial<ProofUse> = {}, time = now) => makeProof(key, { ...use, ...changed }, id, time);
  assert.equal(await codeOf(await proof({ method: "GET" })), "proof-method-differs");
  assert.equal(await codeOf(await proof({ url: "https://govern.example/introspect" })), "proof-target-differs");
  assert.equal(await codeOf(await proof({ url: "https://other.example/token" })), "proof-target-differs");
  assert.equal(await codeOf(await proof({ grant: "a" }), { ...use, grant: "b" }), "proof-of-another-grant");
  assert.equal(await codeOf(await proof(), { ...use, grant: "b" }), "proof-of-another-grant");
  assert.equal(await codeOf(await proof({}, now - 61_000)), "proof-stale");
  assert.equal(await codeOf(await proof({}, now + 61_000)), "proof-stale");
  assert.equal(await codeOf(await proof(), { ...use, nonce: "n" }), "use_dpop_nonce");
  assert.equal(await codeOf(await proof({ nonce: "old" }), { ...use, nonce: "n" }), "use_dpop_nonce");
  assert.equal(await codeOf(await proof({ nonce: "n", grant: "b" }), { ...use, nonce: "n", grant: "b" }), "accepted");
});

test("attack: no proof, no type, no name, a weak algorithm, a private key in the header, a key that did not sign", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const [jwk, secret] = [await exportJWK(publicKey), await exportJWK(privateKey)];
  const claims = { htm: use.method, htu: use.url, iat: now / 1000, jti: id };
  const sign = (header: object, said: object = claims, key = privateKey) =>
    new SignJWT({ ...said }).setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk, ...header }).sign(key);
  assert.equal(await codeOf(await sign({})), "accepted");
  assert.equal(await codeOf(undefined), "proof-missing");
  assert.equal(await codeOf(""), "token-malformed");
  assert.equal(await codeOf(await sign({ typ: "JWT" })), "proof-type-differs");
  assert.equal(await codeOf(await sign({}, { ...claims, jti: undefined })), "proof-unnamed");
  assert.equal(await codeOf(await sign({}, { ...claims, jti: "short" })), "proof-unnamed");
  assert.equal(await codeOf(await sign({ jwk: secret })), "proof-signature-invalid");
  assert.equal(await codeOf(await sign({ jwk: undefined })), "proof-signature-invalid");
  assert.equal(await codeOf(await sign({}, claims, (await generateKeyPair("ES256")).privateKey)), "proof-signature-invalid");
  const rsa = await generateKeyPair("RS256", { extractable: true });
  const weak = new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", typ: "dpop+jwt", jwk: await exportJWK(rsa.publicKey) });
  assert.equal(await codeOf(await weak.sign(rsa.privateKey)), "proof-algorithm-refused");
  const shared = new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256", typ: "dpop+jwt", jwk });
  assert.equal(await codeOf(await shared.sign(Buffer.from(JSON.stringify(jwk)))), "proof-algorithm-refused");
});
