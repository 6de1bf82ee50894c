// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ensure } from "../../../../tools/outside.ts";
import { KeyRefused, type Outcome } from "../outcome.ts";
import { loadCryptoki } from "./cryptoki.ts";
import { createPkcs11, openPkcs11, type Pkcs11Place } from "./pkcs11.ts";
import { startTpm, tpmPrograms } from "./tpm.test-support.ts";

// One TPM for all, and few tests: it is slow, and counts wrong PINs.
const built = loadCryptoki();
const skip = ensure(tpmPrograms)[0] ?? (built.ok ? false : `${built.refusal.found}. ${built.refusal.remedy}`);
const directory = mkdtempSync(join(tmpdir(), "tpm-"));
const tpm = skip === false ? await startTpm(directory, "release", "a-pin") : undefined;
after(async () => {
  await tpm?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const at = (label: string): Pkcs11Place => ({ ...(tpm as NonNullable<typeof tpm>).token, label });
const message = Buffer.from("a release digest");

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

test("TPM 2.0: a P-256 key is made in it, attested as unable to leave it, reopened, and signs", { skip }, async () => {
  const made = await createPkcs11(at("stable"), "ecdsa-p256");
  assert.ok(made.ok, JSON.stringify(made));
  const key = await openPkcs11(at("stable"));
  assert.ok(key.ok, JSON.stringify(key));
  assert.deepEqual([key.value.keyid, key.value.algorithm], [made.value.keyid, "ecdsa-p256"]);
  for (let times = 0; times < 10; times++) assert.ok(verify("sha256", message, key.value.publicKey, await key.value.sign(message)));
  const { sensitive, alwaysSensitive, extractable, neverExtractable, local, label } = key.value.attestation.says;
  assert.deepEqual([sensitive, alwaysSensitive, extractable, neverExtractable, local, label], [true, true, false, true, true, "release"]);
});

test("TPM 2.0: ed25519, which it does not have, a wrong PIN and a missing key are refused", { skip }, async () => {
  assert.equal(code(await createPkcs11(at("edwards"), "ed25519")), "token-cannot");
  assert.equal(code(await openPkcs11(at("nobody"))), "key-missing");
  const pinFile = join(directory, "wrong");
  writeFileSync(pinFile, "another", { mode: 0o600 });
  assert.equal(code(await openPkcs11({ ...at("stable"), pinFile })), "pin-wrong");
});

test("TPM 2.0: one that does not answer is given up in time; when it answers again, so does the key", { skip }, async () => {
  const key = await openPkcs11(at("stable"), 10_000);
  assert.ok(key.ok);
  process.kill((tpm as NonNullable<typeof tpm>).pid, "SIGSTOP");
  await assert.rejects(key.value.sign(message), (error) => error instanceof KeyRefused && error.refusal.code === "module-timeout");
  process.kill((tpm as NonNullable<typeof tpm>).pid, "SIGCONT");
  assert.ok(verify("sha256", message, key.value.publicKey, await key.value.sign(message)));
});
