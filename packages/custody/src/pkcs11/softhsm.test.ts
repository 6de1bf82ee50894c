// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { verify } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ensure } from "../../../../tools/outside.ts";
import type { Algorithm } from "../algorithm.ts";
import { KeyRefused, type Outcome } from "../outcome.ts";
import { openKey } from "../place.ts";
import { CKA, CKO, loadCryptoki } from "./cryptoki.ts";
import { createPkcs11, openPkcs11, type Pkcs11Place } from "./pkcs11.ts";
import { children, gone } from "./processes.test-support.ts";
import { softHsm, softHsmModule } from "./softhsm.test-support.ts";
import { logIn } from "./token.ts";

const directory = mkdtempSync(join(tmpdir(), "softhsm-"));
after(() => rmSync(directory, { recursive: true }));
const built = loadCryptoki();
const skip = ensure(["softhsm2-util", "pkcs11-tool"])[0] ?? (built.ok ? false : `${built.refusal.found}. ${built.refusal.remedy}`);
const token = skip === false ? softHsm(directory, "release", "1234") : undefined;
const at = (label: string): Pkcs11Place => ({ ...(token as Omit<Pkcs11Place, "label">), label });

const CKA_VALUE = 0x11;
const message = Buffer.from("a release digest");

function code(outcome: Outcome<unknown>): string {
  return outcome.ok ? "accepted" : outcome.refusal.code;
}

function tool(...args: readonly string[]): void {
  execFileSync("pkcs11-tool", ["--module", at("").module, "--token-label", "release", "--login", "--pin", "1234", ...args], {
    stdio: "pipe",
  });
}

async function opened(place: Pkcs11Place) {
  const key = await openPkcs11(place);
  assert.ok(key.ok, code(key));
  return key.value;
}

for (const [algorithm, digest] of [
  ["ecdsa-p256", "sha256"],
  ["ed25519", null],
] as const) {
  test(`${algorithm}: what is made in the token, reopened and asked to sign is one key`, { skip }, async () => {
    const made = await createPkcs11(at(algorithm), algorithm);
    assert.ok(made.ok, code(made));
    const key = await openKey(at(algorithm));
    assert.deepEqual([key.keyid, key.tuf, key.algorithm], [made.value.keyid, made.value.tuf, algorithm]);
    for (let at = 0; at < 40; at++) assert.ok(verify(digest, message, key.publicKey, await key.sign(message))); // many r and s, of many lengths
    assert.ok(verify(digest, message, key.publicKey, await made.value.sign(message)));
  });
}

test("the token attests where the key lives: which token, and that the key was made there and cannot leave", { skip }, async () => {
  const { attestation, custody } = await opened(at("ecdsa-p256"));
  assert.match(custody, /^pkcs11 \(SoftHSM/);
  const { serial, ...says } = attestation.says;
  assert.match(String(serial), /^[0-9a-f]{16}$/);
  const flags = { sensitive: true, alwaysSensitive: true, extractable: false, neverExtractable: true, local: true };
  assert.deepEqual(says, { label: "release", manufacturer: "SoftHSM project", model: "SoftHSM v2", ...flags });
});

test("attack: a key that may leave its token, or came from elsewhere, is refused", { skip }, async () => {
  tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "extractable", "--usage-sign", "--extractable");
  writeFileSync(join(directory, "stray.pem"), execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout"]));
  execFileSync("openssl", [
    "pkcs8",
    "-topk8",
    "-nocrypt",
    "-in",
    join(directory, "stray.pem"),
    "-outform",
    "DER",
    "-out",
    join(directory, "stray.der"),
  ]);
  tool("--write-object", join(directory, "stray.der"), "--type", "privkey", "--label", "imported", "--usage-sign", "--sensitive");
  for (const label of ["extractable", "imported"]) assert.equal(code(await openPkcs11(at(label))), "key-not-confined", label);
});

test("a token, a key, a module and a PIN that are not as named are refused, each as itself", { skip }, async () => {
  const wrongPin = join(directory, "wrong-pin");
  writeFileSync(wrongPin, "9999", { mode: 0o600 });
  const openPin = join(directory, "open-pin");
  writeFileSync(openPin, "1234", { mode: 0o644 });
  const place = at("ecdsa-p256");
  const refused: readonly (readonly [string, Pkcs11Place])[] = [
    ["token-missing", { ...place, token: "elsewhere" }],
    ["key-missing", at("nobody")],
    ["module-not-loaded", { ...place, module: "/usr/lib/no-such-module.so" }],
    ["module-not-loaded", { ...place, module: join(directory, "pin") }],
    ["pin-wrong", { ...place, pinFile: wrongPin }],
    ["file-too-open", { ...place, pinFile: openPin }],
    ["file-missing", { ...place, pinFile: join(directory, "none") }],
  ];
  for (const [expected, each] of refused) assert.equal(code(await openPkcs11(each)), expected);
  assert.equal(code(await createPkcs11(place, "ed25519")), "key-exists");
  for (const algorithm of ["rsa-pss-3072", "ml-dsa-65"] as const satisfies readonly Algorithm[])
    assert.equal(code(await createPkcs11(at("other"), algorithm)), "token-cannot");
  tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "twin", "--usage-sign", "--sensitive");
  tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "twin", "--usage-sign", "--sensitive");
  assert.equal(code(await openPkcs11(at("twin"))), "key-ambiguous");
});

test("attack: the private half is asked for with the PIN in hand, and the token does not give it", { skip }, () => {
  const cryptoki = loadCryptoki();
  assert.ok(cryptoki.ok);
  const token = logIn(cryptoki.value, softHsmModule, "release", "1234", false);
  assert.ok(token.ok);
  const { session } = token.value;
  for (const label of ["ecdsa-p256", "ed25519"]) {
    cryptoki.value.C_FindObjectsInit(session, [
      { type: CKA.class, value: CKO.privateKey },
      { type: CKA.label, value: label },
    ]);
    const [key] = cryptoki.value.C_FindObjects(session, 1);
    cryptoki.value.C_FindObjectsFinal(session);
    assert.ok(key);
    assert.throws(() => cryptoki.value.C_GetAttributeValue(session, key, [{ type: CKA_VALUE }]), /CKR_ATTRIBUTE_SENSITIVE/);
  }
});

test("a module that hangs is given up in time and ended, and the next signature comes from a new process", { skip }, async () => {
  const key = await openPkcs11(at("ecdsa-p256"), 5000);
  assert.ok(key.ok);
  const first = children().at(-1);
  assert.ok(first);
  process.kill(first, "SIGSTOP");
  await assert.rejects(key.value.sign(message), (error) => error instanceof KeyRefused && error.refusal.code === "module-timeout");
  assert.ok(verify("sha256", message, key.value.publicKey, await key.value.sign(message)));
  assert.equal(children().includes(first), false);
});

test("a module that crashes takes nothing with it; where it cannot come back, the key stays refused", { skip }, async () => {
  const pinFile = join(directory, "moving-pin");
  writeFileSync(pinFile, "1234", { mode: 0o600 });
  const key = await opened({ ...at("ecdsa-p256"), pinFile });
  const pid = children().at(-1);
  assert.ok(pid);
  writeFileSync(pinFile, "9999");
  process.kill(pid, "SIGKILL");
  await gone(pid);
  const refused = async () =>
    key.sign(message).then(
      () => "signed",
      (error: unknown) => error instanceof KeyRefused && error.refusal.code,
    );
  let said = await refused();
  while (said === "module-gone") said = await refused(); // until this process has heard that the other ended
  assert.equal(said, "pin-wrong");
  writeFileSync(pinFile, "1234");
  assert.equal(await refused(), "pin-wrong", "a PIN is not tried again and again");
});

test("the module's process ends with its parent, however that ends, and does not keep it", { skip }, async () => {
  const script = join(directory, "opens.ts");
  writeFileSync(
    script,
    `import { openPkcs11 } from ${JSON.stringify(join(import.meta.dirname, "pkcs11.ts"))};
     const key = await openPkcs11(${JSON.stringify(at("ecdsa-p256"))});
     console.log(key.ok);
     if (process.argv[2] === "stay") setInterval(() => {}, 1000);`,
  );
  for (const ending of ["SIGKILL", "by itself"]) {
    const parent = spawn(process.execPath, [script, ending === "SIGKILL" ? "stay" : "end"], { stdio: ["ignore", "pipe", "inherit"] });
    assert.ok(parent.pid);
    const closed = once(parent, "exit");
    await once(parent.stdout, "data");
    const [child] = ending === "SIGKILL" ? children(parent.pid) : [];
    if (ending === "SIGKILL") parent.kill("SIGKILL");
    await closed;
    if (child !== undefined) await gone(child);
  }
});
