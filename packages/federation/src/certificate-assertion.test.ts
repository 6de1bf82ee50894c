// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { before, test } from "node:test";
import { sha256 } from "@countersign/trust/digest";
import { assertionSeconds, makeAssertion, verifyAssertion } from "./certificate-assertion.ts";
import { plainEcdsa, type TokenSigner } from "./jws.ts";
import type { CertificatePin } from "./pin.ts";
import { selfSigned } from "./self-signed.ts";

const now = Date.parse("2026-11-23T12:00:00Z");
const day = 86_400_000;
const audience = "https://govern.example";
const id = "0123456789abcdef";

interface Daemon {
  readonly certificate: Uint8Array;
  readonly signer: TokenSigner;
  readonly pin: CertificatePin;
}

async function daemon(from = now - day, to = now + 30 * day): Promise<Daemon> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = await selfSigned(
    { commonName: "sign-ann", publicKey: spki(privateKey), notBefore: from, notAfter: to, serial: randomBytes(16) },
    async (message) => sign("sha256", message, privateKey),
  );
  const signer: TokenSigner = { alg: "ES256", sign: async (message) => plainEcdsa(sign("sha256", message, privateKey)) };
  return { certificate, signer, pin: { kind: "certificate", thumbprint: sha256(certificate), audience } };
}

function spki(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

let own: Daemon;
before(async () => {
  own = await daemon();
});

async function codeOf(assertion: string, { pin } = own, time = now): Promise<string> {
  const { outcome } = await verifyAssertion(assertion, pin, "sign-ann", time);
  return outcome.ok ? "accepted" : outcome.refusal.code;
}
const assertion = (by = own, identity = "sign-ann", to = audience, signer = by.signer) =>
  makeAssertion({ identity, audience: to, certificate: by.certificate }, signer, id, now);

test("a certificate of ours reads as one: its name, its dates, and its own signature", () => {
  const certificate = new X509Certificate(own.certificate);
  assert.equal(certificate.subject, "CN=sign-ann");
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.validToDate.getTime(), now + 30 * day);
});

test("a certificate into the years after 2050 has its dates, too", async () => {
  const far = new X509Certificate((await daemon(now, Date.parse("2061-02-03T04:05:06Z"))).certificate);
  assert.equal(far.validToDate.toISOString(), "2061-02-03T04:05:06.000Z");
});

test("an assertion by the pinned certificate's key speaks for the daemon, many times made", async () => {
  for (let times = 0; times < 20; times++) assert.equal(await codeOf(await assertion()), "accepted");
});

test("attack: another certificate of the same name, or another key under the same certificate", async () => {
  const thief = await daemon();
  assert.equal(await codeOf(await assertion(thief)), "certificate-differs");
  assert.equal(await codeOf(await assertion(own, "sign-ann", audience, thief.signer)), "token-signature-invalid");
});

test("attack: a certificate before or after its time", async () => {
  const [early, late] = [await daemon(now + 1000), await daemon(now - 2 * day, now - 1000)];
  assert.equal(await codeOf(await assertion(early), early), "certificate-not-valid-now");
  assert.equal(await codeOf(await assertion(late), late), "certificate-not-valid-now");
});

test("attack: an assertion for another audience or identity, an old one, one without a name", async () => {
  assert.equal(await codeOf(await assertion(own, "sign-ann", "https://other.example")), "token-audience-differs");
  assert.equal(await codeOf(await assertion(own, "sign-ben")), "assertion-of-another");
  assert.equal(await codeOf(await assertion(), own, now + (assertionSeconds + 31) * 1000), "token-expired");
  assert.equal(
    await codeOf(await makeAssertion({ identity: "sign-ann", audience, certificate: own.certificate }, own.signer, "1", now)),
    "token-unnamed",
  );
});

test("attack: no certificate, a broken one, one whose key is none, or a chain of them", async () => {
  const [, body, signature] = (await assertion()).split(".");
  const x5c = Buffer.from(own.certificate).toString("base64");
  const keyless = Buffer.from(own.certificate); // it reads as a certificate, and the key in it is none
  const curve = keyless.indexOf(Buffer.from("06082a8648ce3d030107", "hex"));
  assert.ok(curve > 0);
  keyless[curve + 9] = 0x7f;
  for (const chain of [undefined, [], ["AAAA"], [keyless.toString("base64")], [x5c, x5c], "AAAA"]) {
    const head = Buffer.from(JSON.stringify({ typ: "JWT", alg: "ES256", x5c: chain })).toString("base64url");
    assert.equal(await codeOf(`${head}.${body}.${signature}`), "certificate-differs");
  }
});
