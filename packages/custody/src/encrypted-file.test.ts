// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants, createHash, verify } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Algorithm } from "./algorithm.ts";
import { createKey, createUnattendedKey, readPublic, unlockKey } from "./encrypted-file.ts";
import { publicHalfOf, unsealKey } from "./key-file.ts";
import { KeyRefused, type Outcome } from "./outcome.ts";
import { openKey } from "./place.ts";

const root = await mkdtemp(join(tmpdir(), "custody-"));
after(() => rm(root, { recursive: true }));

const PASSPHRASE = "correct horse battery";
const message = Buffer.from("a release digest");

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

function refusedAs(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof KeyRefused && error.refusal.code === expected;
}

/** What a verifier takes, and the private member of the JWK with its length. */
const algorithms: readonly (readonly [Algorithm, digest: string | null, secret: "d" | "priv", bytes: number])[] = [
  ["ed25519", null, "d", 32],
  ["ecdsa-p256", "sha256", "d", 32],
  ["rsa-pss-3072", "sha256", "d", 384],
  ["ml-dsa-44", null, "priv", 32],
  ["ml-dsa-65", null, "priv", 32],
  ["ml-dsa-87", null, "priv", 32],
];

for (const [algorithm, digest, member, bytes] of algorithms) {
  const options = algorithm === "rsa-pss-3072" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};

  test(`${algorithm}: what is made, reopened and read is one key`, async () => {
    const file = join(root, `${algorithm}.key`);
    const passphraseFile = join(root, `${algorithm}.pass`);
    await writeFile(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 });
    const made = await createKey(file, PASSPHRASE, algorithm);
    const opened = await openKey({ custody: "encrypted-file", keyFile: file, passphraseFile });
    const read = await readPublic(file);
    assert.ok(read.ok);
    assert.ok(verify(digest, message, { key: made.publicKey, ...options }, await opened.sign(message)));
    assert.deepEqual([opened.keyid, opened.tuf, read.value.keyid, read.value.custody], [made.keyid, made.tuf, made.keyid, made.custody]);
    assert.equal(made.custody, "encrypted-file (development)");
    assert.equal(made.algorithm, algorithm);
  });

  test(`${algorithm}: a file at rest is its owner's alone and holds no plaintext key byte`, async () => {
    const file = join(root, `${algorithm}-rest.key`);
    const key = await createKey(file, PASSPHRASE, algorithm);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, "utf8");
    const unsealed = await unsealKey(text, PASSPHRASE);
    assert.ok(unsealed.ok);
    const spelled = String((unsealed.value.privateKey.export({ format: "jwk" }) as Record<string, unknown>)[member]);
    const secret = Buffer.from(spelled, "base64url");
    assert.equal(secret.length, bytes);
    const everything = Buffer.concat([Buffer.from(text), Buffer.from(JSON.parse(text).sealed, "base64")]);
    for (const form of [secret, secret.toString("hex"), secret.toString("base64").slice(0, 42), spelled])
      assert.ok(!everything.includes(form));
    assert.ok(!JSON.stringify(key).includes(spelled));
  });
}

test("TUF 4.2: the keyid is the SHA-256 of the key's canonical JSON", async () => {
  const ed = await createKey(join(root, "id-ed.key"), PASSPHRASE, "ed25519");
  const ec = await createKey(join(root, "id-ec.key"), PASSPHRASE, "ecdsa-p256");
  const raw = ed.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const pem = ec.publicKey.export({ format: "pem", type: "spki" }).toString();
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  assert.equal(ed.keyid, sha256(`{"keytype":"ed25519","keyval":{"public":"${raw}"},"scheme":"ed25519"}`));
  assert.equal(ec.keyid, sha256(`{"keytype":"ecdsa","keyval":{"public":"${pem}"},"scheme":"ecdsa-sha2-nistp256"}`));
});

test("a wrong passphrase is refused", async () => {
  const file = join(root, "wrong.key");
  await createKey(file, PASSPHRASE, "ed25519");
  assert.equal(code(await unlockKey(file, `${PASSPHRASE}!`)), "wrong-passphrase");
  const passphraseFile = join(root, "wrong.pass");
  await writeFile(passphraseFile, "something else", { mode: 0o600 });
  await assert.rejects(openKey({ custody: "encrypted-file", keyFile: file, passphraseFile }), refusedAs("wrong-passphrase"));
});

test("attack: the header says another thing than what was sealed", async () => {
  const file = join(root, "header.key");
  const other = join(root, "header-other.key");
  await createKey(file, PASSPHRASE, "ed25519");
  await createKey(other, PASSPHRASE, "ed25519");
  const [text, otherText] = await Promise.all([readFile(file, "utf8"), readFile(other, "utf8")]);
  const swap = (edit: (header: Record<string, unknown>, otherHeader: Record<string, unknown>) => void): string => {
    const json = JSON.parse(text);
    edit(json.header, JSON.parse(otherText).header);
    return `${JSON.stringify(json, null, 2)}\n`;
  };
  const spliced = swap((header, from) => Object.assign(header, { public: from["public"] }));
  assert.ok(publicHalfOf(spliced).ok, "another public key is well formed");
  assert.equal(code(await unsealKey(spliced, PASSPHRASE)), "wrong-passphrase", "and does not open");
  for (const part of ["kdf", "cipher"]) {
    assert.equal(
      code(
        await unsealKey(
          swap((header, from) => Object.assign(header, { [part]: from[part] })),
          PASSPHRASE,
        ),
      ),
      "wrong-passphrase",
    );
  }
  const cheap = swap((header) => Object.assign(header["kdf"] as object, { N: 2 }));
  const costly = swap((header) => Object.assign(header["kdf"] as object, { N: 2 ** 30 }));
  const relabelled = swap((header) => Object.assign(header, { custody: "hsm" }));
  const extended = swap((header) => Object.assign(header, { note: "" }));
  for (const changed of [cheap, costly, relabelled, extended]) assert.equal(code(await unsealKey(changed, PASSPHRASE)), "key-file-damaged");
});

test("a key that opens with nobody there has a passphrase of 192 random bits, and what a person chose is never sealed as cheaply", async () => {
  const place = { custody: "encrypted-file", keyFile: join(root, "own.key"), passphraseFile: join(root, "own.pass") } as const;
  const made = await createUnattendedKey(place, "ed25519");
  assert.equal((await openKey(place)).keyid, made.keyid);
  const passphrase = await readFile(place.passphraseFile, "utf8");
  assert.equal(Buffer.from(passphrase, "base64url").length, 24);
  assert.equal((await stat(place.passphraseFile)).mode & 0o777, 0o600);
  await assert.rejects(createUnattendedKey({ ...place, keyFile: join(root, "own-2.key") }, "ed25519"), refusedAs("key-exists"));

  const chosen = join(root, "chosen.key");
  await createKey(chosen, PASSPHRASE, "ed25519");
  const [cheap, costly] = await Promise.all([place.keyFile, chosen].map(async (file) => JSON.parse(await readFile(file, "utf8"))));
  assert.deepEqual([cheap.header.kdf.N, costly.header.kdf.N], [2 ** 10, 2 ** 15]);
  for (const [json, words] of [
    [cheap, passphrase],
    [costly, PASSPHRASE],
  ]) {
    json.header.kdf.N = json.header.kdf.N === 2 ** 10 ? 2 ** 15 : 2 ** 10;
    assert.equal(code(await unsealKey(`${JSON.stringify(json, null, 2)}\n`, words)), "wrong-passphrase");
  }
});

test("any flipped byte is refused", async () => {
  const file = join(root, "flip.key");
  await createKey(file, PASSPHRASE, "ed25519");
  const bytes = await readFile(file);
  let formed = 0;
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
    const text = changed.toString("utf8");
    if (!publicHalfOf(text).ok) continue; // refused for its form already; the rest is for the cipher to refuse
    formed++;
    if (formed % 8 === 0) assert.equal(code(await unsealKey(text, PASSPHRASE)), "wrong-passphrase", `byte ${at}`);
  }
  assert.ok(formed > 50, "flips that keep the form reach the cipher");
  for (const sealed of ["", "AAAA", 7]) {
    const text = `${JSON.stringify({ ...JSON.parse(bytes.toString()), sealed }, null, 2)}\n`;
    assert.equal(code(await unsealKey(text, PASSPHRASE)), "key-file-damaged", `sealed ${sealed}`);
  }
  for (const length of [0, 1, bytes.length - 2, bytes.length - 1]) {
    assert.equal(code(await unsealKey(bytes.subarray(0, length).toString(), PASSPHRASE)), "key-file-damaged", `cut at ${length}`);
  }
});

test("files that group or others may read are refused, and so are missing ones", async () => {
  const file = join(root, "mode.key");
  const passphraseFile = join(root, "mode.pass");
  await createKey(file, PASSPHRASE, "ed25519");
  await writeFile(passphraseFile, PASSPHRASE, { mode: 0o600 });
  for (const mode of [0o640, 0o604, 0o620]) {
    await chmod(passphraseFile, mode);
    await assert.rejects(openKey({ custody: "encrypted-file", keyFile: file, passphraseFile }), refusedAs("file-too-open"));
  }
  await chmod(file, 0o644);
  assert.equal(code(await unlockKey(file, PASSPHRASE)), "file-too-open");
  assert.equal(code(await unlockKey(join(root, "none.key"), PASSPHRASE)), "file-missing");
  assert.equal(code(await unlockKey(root, PASSPHRASE)), "not-a-file");
});

test("a key is never overwritten, and a refused one leaves nothing behind", async () => {
  const file = join(root, "once.key");
  const { keyid } = await createKey(file, PASSPHRASE, "ed25519");
  await assert.rejects(createKey(file, PASSPHRASE, "ed25519"), refusedAs("key-exists"));
  await assert.rejects(createKey(join(root, "short.key"), "1234567", "ed25519"), refusedAs("passphrase-too-short"));
  const read = await readPublic(file);
  assert.equal(read.ok && read.value.keyid, keyid);
  const left = await readdir(root);
  assert.ok(left.every((name) => !name.endsWith(".tmp") && name !== "short.key"));
});
