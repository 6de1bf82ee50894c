// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash, createHmac, generateKeyPairSync, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { KeyRefused, type Outcome } from "../outcome.ts";
import { openKey } from "../place.ts";
import { type AwsKmsPlace, awsKmsChecks, createAwsKms, openAwsKms } from "./aws-kms.ts";
import { type Asked, serveShape } from "./stub.test-support.ts";

// By wire shape only: a stand-in checks each request's SigV4 by the rules that AWS publishes, and answers as its documents say.
const directory = mkdtempSync(join(tmpdir(), "aws-kms-"));
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const at = (name: string) => join(directory, name);
writeFileSync(
  at("credentials"),
  `[other]\naws_access_key_id = NO\n[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = ${SECRET}\naws_session_token = session\n\n[last]\nx = y\n`,
  { mode: 0o600 },
);

const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ed = generateKeyPairSync("ed25519");
const message = Buffer.from("a release digest");
const confined = {
  Arn: "arn:aws:kms:eu-west-1:1:key/ec",
  Origin: "AWS_KMS",
  KeyUsage: "SIGN_VERIFY",
  KeyState: "Enabled",
  MultiRegion: false,
};
const keys: Record<string, { metadata: Record<string, unknown>; spec: string; publicKey: typeof ec.publicKey }> = {
  ec: { metadata: confined, spec: "ECC_NIST_P256", publicKey: ec.publicKey },
  ed: { metadata: confined, spec: "ECC_NIST_EDWARDS25519", publicKey: ed.publicKey },
  rsa: { metadata: confined, spec: "RSA_2048", publicKey: ec.publicKey },
  liar: { metadata: confined, spec: "ECC_NIST_P256", publicKey: ed.publicKey },
};
const asked: Asked[] = [];
const server = await serveShape((request) => {
  asked.push(request);
  if (!isSigned(request)) return { status: 400, json: { __type: "com.amazonaws#AccessDeniedException", message: "signature" } };
  const body = JSON.parse(request.body);
  const key = keys[body.KeyId];
  if (key === undefined) return { status: 400, json: { __type: "NotFoundException", message: "no such key" } };
  const operation = request.headers["x-amz-target"];
  if (operation === "TrentService.DescribeKey") return { json: { KeyMetadata: key.metadata } };
  if (operation === "TrentService.GetPublicKey")
    return { json: { KeySpec: key.spec, PublicKey: key.publicKey.export({ format: "der", type: "spki" }).toString("base64") } };
  const input = Buffer.from(body.Message, "base64");
  if (body.MessageType === "DIGEST") assert.equal(input.length, 32);
  const signature = body.SigningAlgorithm === "ED25519_SHA_512" ? sign(null, input, ed.privateKey) : sign("sha256", message, ec.privateKey);
  return { json: { Signature: signature.toString("base64"), SigningAlgorithm: body.SigningAlgorithm } };
});
after(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

const place = (keyId: string): AwsKmsPlace => ({
  custody: "aws-kms",
  region: "eu-west-1",
  keyId,
  credentialsFile: at("credentials"),
  endpoint: `${server.url}/`,
});

/** Signature Version 4, as AWS documents it, written down again from there. */
function isSigned({ method, path, headers, body }: Asked): boolean {
  const [, day = "", names = "", given = ""] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/eu-west-1\/kms\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const signedHeaders = names.split(";");
  if (!["host", "x-amz-date", "x-amz-security-token", "x-amz-target"].every((name) => signedHeaders.includes(name))) return false;
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${headers[name]}\n`).join("");
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = [method, path, "", canonicalHeaders, names, hash(body)].join("\n");
  const scope = `${day}/eu-west-1/kms/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hash(canonical)].join("\n");
  const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();
  const key = [day, "eu-west-1", "kms", "aws4_request"].reduce<Buffer | string>((before, part) => hmac(before, part), `AWS4${SECRET}`);
  return hmac(key, toSign).toString("hex") === given;
}

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("wire shape: a P-256 key is given the digest, an ed25519 key the message, each request signed", async () => {
  const key = await openKey(place("ec"));
  assert.ok(verify("sha256", message, ec.publicKey, await key.sign(message)));
  const sent = JSON.parse(asked.at(-1)?.body ?? "{}");
  assert.deepEqual([sent.KeyId, sent.MessageType, sent.SigningAlgorithm], ["ec", "DIGEST", "ECDSA_SHA_256"]);
  assert.deepEqual(key.attestation.says, { arn: confined.Arn, origin: "AWS_KMS", multiRegion: false, keyStore: "none" });
  const edwards = await openKey(place("ed"));
  assert.ok(verify(null, message, ed.publicKey, await edwards.sign(message)));
  assert.equal(JSON.parse(asked.at(-1)?.body ?? "{}").MessageType, "RAW");
});

test("an ed25519 key takes no message that KMS would not take, and nothing is sent", async () => {
  const key = await openKey(place("ed"));
  const before = asked.length;
  await assert.rejects(key.sign(Buffer.alloc(4097)), (error) => error instanceof KeyRefused && error.refusal.code === "message-too-long");
  assert.equal(asked.length, before);
});

test("attack: a key that was imported, does something else or is switched off is refused, each by its own check", async () => {
  const wrong = { Origin: "EXTERNAL", KeyUsage: "ENCRYPT_DECRYPT", KeyState: "PendingDeletion" };
  assert.deepEqual(
    Object.keys(wrong),
    awsKmsChecks.map(({ member }) => member),
  );
  for (const [member, value] of Object.entries(wrong)) {
    keys["loose"] = { metadata: { ...confined, [member]: value }, spec: "ECC_NIST_P256", publicKey: ec.publicKey };
    const opened = await openAwsKms(place("loose"));
    assert.match(opened.ok ? "" : `${opened.refusal.code} ${opened.refusal.expected}`, new RegExp(`^key-not-confined ${member}`));
  }
});

test("attack: an alias, which somebody may point at another key, is refused", async () => {
  for (const keyId of ["alias/release", "arn:aws:kms:eu-west-1:1:alias/release"])
    assert.equal(code(await openAwsKms(place(keyId))), "key-alias");
});

test("attack: KMS answers with a signature by another key", async () => {
  keys["swapped"] = {
    metadata: confined,
    spec: "ECC_NIST_P256",
    publicKey: generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey,
  };
  const key = await openKey(place("swapped"));
  await assert.rejects(key.sign(message), (error) => error instanceof KeyRefused && error.refusal.code === "signature-wrong");
});

test("a key, credentials and an endpoint that are not as named are refused, each as itself", async () => {
  writeFileSync(at("empty"), "[default]\n", { mode: 0o600 });
  writeFileSync(at("stolen"), `[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = ${"x".repeat(40)}\n`, { mode: 0o600 });
  const refused: readonly (readonly [string, AwsKmsPlace])[] = [
    ["key-missing", place("nobody")],
    ["key-unusable", place("rsa")],
    ["key-unusable", place("liar")],
    ["credentials-missing", { ...place("ec"), credentialsFile: at("empty") }],
    ["access-refused", { ...place("ec"), credentialsFile: at("stolen") }],
    ["url-not-safe", { ...place("ec"), endpoint: "http://kms.example/" }],
    ["service-unavailable", { ...place("ec"), endpoint: "http://127.0.0.1:9/" }],
  ];
  for (const [expected, each] of refused) assert.equal(code(await openAwsKms(each)), expected);
  const made = await createAwsKms(place("new"), "ecdsa-p256");
  assert.match(
    made.ok ? "" : made.refusal.remedy,
    /^Run: aws kms create-key --region eu-west-1 --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY\n/,
  );
});
