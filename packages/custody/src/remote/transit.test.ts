// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { KeyRefused, type Outcome } from "../outcome.ts";
import { openKey } from "../place.ts";
import { type Asked, type Reply, serveShape } from "./stub.test-support.ts";
import { createTransit, openTransit, type TransitPlace, transitChecks } from "./transit.ts";

// By wire shape: a stand-in answers as Vault's and OpenBao's documents say. `interop/openbao` asks a real OpenBao.
const directory = mkdtempSync(join(tmpdir(), "transit-"));
const tokenFile = join(directory, "token");
writeFileSync(tokenFile, "s.token\n", { mode: 0o600 });

const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ed = generateKeyPairSync("ed25519");
const raw = ed.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
const confined = { exportable: false, allow_plaintext_backup: false, derived: false, supports_signing: true };
const keys: Record<string, Record<string, unknown>> = {
  stable: { ...confined, type: "ecdsa-p256", keys: { 1: { public_key: ec.publicKey.export({ format: "pem", type: "spki" }) } } },
  edwards: { ...confined, type: "ed25519", keys: { 3: { public_key: raw } } },
  rsa: { ...confined, type: "rsa-2048", keys: { 1: { public_key: "PEM" } } },
};
const asked: Asked[] = [];
let tamper = (reply: Reply): Reply => reply;
const server = await serveShape((request) => {
  asked.push(request);
  const [, name = ""] = /^\/v1\/transit\/(?:keys|sign)\/([^/]+)$/.exec(request.path) ?? [];
  if (request.headers["x-vault-token"] !== "s.token") return { status: 403, json: { errors: ["permission denied"] } };
  const body = JSON.parse(request.body || "{}");
  if (request.path.includes("/keys/") && request.method === "POST") {
    keys[name] = { ...keys["stable"], ...body };
    return { json: {} };
  }
  const key = keys[name];
  if (key === undefined) return { status: 404, json: { errors: [] } };
  if (request.method === "GET") return { json: { data: { name, ...key } } };
  const input = Buffer.from(body.input, "base64");
  const signature = key["type"] === "ed25519" ? sign(null, input, ed.privateKey) : signDigest(input);
  return tamper({ json: { data: { signature: `vault:v${body.key_version}:${signature.toString("base64")}` } } });
});
after(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** node:crypto hashes by itself, so the stand-in keeps the message that belongs to a digest. */
const message = Buffer.from("a release digest");
function signDigest(digest: Buffer): Buffer {
  assert.equal(digest.length, 32);
  return sign("sha256", message, ec.privateKey);
}

const at = (keyName: string, keyVersion = "1"): TransitPlace => ({
  custody: "transit",
  url: server.url,
  mount: "transit",
  keyName,
  keyVersion,
  tokenFile,
});

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("wire shape: a P-256 key is given the digest and answers DER, an ed25519 key is given the message", async () => {
  const stable = await openKey(at("stable"));
  assert.ok(verify("sha256", message, ec.publicKey, await stable.sign(message)));
  const sent = JSON.parse(asked.at(-1)?.body ?? "{}");
  assert.deepEqual(
    { ...sent, input: Buffer.from(sent.input, "base64").length },
    { input: 32, prehashed: true, hash_algorithm: "sha2-256", marshaling_algorithm: "asn1", key_version: 1 },
  );
  const edwards = await openKey(at("edwards", "3"));
  assert.equal(edwards.algorithm, "ed25519");
  assert.ok(verify(null, message, ed.publicKey, await edwards.sign(message)));
  assert.deepEqual(edwards.attestation.says, {
    ...{ url: server.url, mount: "transit", name: "edwards", version: "3", type: "ed25519" },
    ...{ exportable: false, allow_plaintext_backup: false, imported_key: false },
  });
});

test("attack: a key that may leave the engine, is in its backups, or was imported, is refused, each by its own check", async () => {
  const wrong = { exportable: true, allow_plaintext_backup: true, imported_key: true, derived: true, supports_signing: false };
  assert.deepEqual(
    Object.keys(wrong),
    transitChecks.map(({ member }) => member),
  );
  for (const [member, value] of Object.entries(wrong)) {
    keys["loose"] = { ...keys["stable"], [member]: value };
    const opened = await openTransit(at("loose"));
    assert.match(opened.ok ? "" : `${opened.refusal.code} ${opened.refusal.expected}`, new RegExp(`^key-not-confined ${member}`));
  }
  keys["silent"] = { type: "ecdsa-p256", keys: keys["stable"]?.["keys"] };
  assert.equal(code(await openTransit(at("silent"))), "key-not-confined", "what is not said does not hold");
});

test("attack: a server that answers with another signature gets nothing handed out", async () => {
  const key = await openKey(at("stable"));
  const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const answers = [
    `vault:v1:${sign("sha256", message, other).toString("base64")}`,
    `vault:v2:${sign("sha256", message, ec.privateKey).toString("base64")}`,
    "",
    7,
  ];
  for (const signature of answers) {
    tamper = () => ({ json: { data: { signature } } });
    await assert.rejects(key.sign(message), (error) => error instanceof KeyRefused && error.refusal.code === "signature-wrong");
  }
  tamper = (reply) => reply;
});

test("a key, a version, a token and a server that are not as named are refused, each as itself", async () => {
  const otherToken = join(directory, "other-token");
  writeFileSync(otherToken, "s.other", { mode: 0o600 });
  const openToken = join(directory, "open-token");
  writeFileSync(openToken, "s.token", { mode: 0o644 });
  const refused: readonly (readonly [string, TransitPlace])[] = [
    ["key-missing", at("nobody")],
    ["key-unusable", at("stable", "2")],
    ["key-unusable", at("rsa")],
    ["access-refused", { ...at("stable"), tokenFile: otherToken }],
    ["file-too-open", { ...at("stable"), tokenFile: openToken }],
    ["service-unavailable", { ...at("stable"), url: "http://127.0.0.1:9" }],
  ];
  for (const [expected, place] of refused) assert.equal(code(await openTransit(place)), expected);
});

test("attack: a token is not sent in the clear to another machine", async () => {
  for (const url of ["http://vault.example:8200", "ftp://127.0.0.1", "vault"])
    assert.equal(code(await openTransit({ ...at("stable"), url })), "url-not-safe");
});

test("wire shape: a key is made unable to leave, and never over another one", async () => {
  assert.equal(code(await createTransit(at("fresh"), "ecdsa-p256")), "accepted");
  const made = asked.find(({ method, path }) => method === "POST" && path.endsWith("/keys/fresh"));
  assert.deepEqual(JSON.parse(made?.body ?? "{}"), { type: "ecdsa-p256", exportable: false, allow_plaintext_backup: false });
  assert.equal(code(await createTransit(at("fresh"), "ecdsa-p256")), "key-exists");
  assert.equal(code(await createTransit(at("other"), "ml-dsa-65")), "token-cannot");
});
