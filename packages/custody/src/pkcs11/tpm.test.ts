// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { verify } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ensure } from "../../../../tools/outside.ts";
import { KeyRefused, type Outcome } from "../outcome.ts";
import { loadCryptoki } from "./cryptoki.ts";
import { createPkcs11, openPkcs11, type Pkcs11Place } from "./pkcs11.ts";
import { children, gone } from "./processes.test-support.ts";
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

test("TPM 2.0: while it does not answer, its module is given up in time, and ends with whoever used it; then the key signs again", {
  skip,
}, async () => {
  const { pid } = tpm as NonNullable<typeof tpm>;
  const key = await openPkcs11(at("stable"), 10_000);
  assert.ok(key.ok);
  const script = join(directory, "signs.ts");
  writeFileSync(
    script,
    `import { openPkcs11 } from ${JSON.stringify(join(import.meta.dirname, "pkcs11.ts"))};
     const key = await openPkcs11(${JSON.stringify(at("stable"))});
     process.stdin.once("data", () => key.value.sign(Buffer.from("m")));
     console.log(key.ok);`,
  );
  const user = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const [opened] = (await once(user.stdout, "data")) as [Buffer];
  assert.equal(opened.toString().trim(), "true");
  const [module = 0] = children(user.pid);

  process.kill(pid, "SIGSTOP");
  user.stdin.write("now");
  await assert.rejects(key.value.sign(message), (error) => error instanceof KeyRefused && error.refusal.code === "module-timeout");
  // By then the other module hangs in the same call.
  user.kill("SIGKILL");
  await gone(module);
  process.kill(pid, "SIGCONT");
  assert.ok(verify("sha256", message, key.value.publicKey, await key.value.sign(message)));
});
