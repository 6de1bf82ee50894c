// SPDX-License-Identifier: Apache-2.0
// The Transit adapter against a real OpenBao. Exit 1 where one of them does not do what it should.
import { verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyRefused, type Outcome } from "@countersign/custody/outcome";
import { openKey } from "@countersign/custody/place";
import { createTransit, openTransit, type TransitPlace } from "@countersign/custody/remote/transit";
import { type OpenBao, openBaoProgram, startOpenBao } from "./server.ts";

const message = Buffer.from("a release digest");

/** One thing that must be so, and what was found. */
type Question = readonly [name: string, expected: string, found: () => Promise<string>];

const directory = mkdtempSync(join(tmpdir(), "countersign-openbao-"));
try {
  const program = await openBaoProgram((text) => console.error(text));
  await using bao = await startOpenBao(program);
  await bao.ask("POST", "sys/mounts/transit", { type: "transit" });
  for (const [name, expected, found] of questions(bao, await narrowToken(bao))) {
    const answer = await found();
    console.log(`${answer === expected ? "as it should be" : `MISMATCH, ${answer}`}: ${name}`);
    if (answer !== expected) process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** A token that may read and sign with the keys `stable` and `edwards`, and nothing else. */
async function narrowToken(bao: OpenBao): Promise<string> {
  const rule = (path: string, capability: string) => `path "transit/${path}" { capabilities = ["${capability}"] }`;
  const rules = ["stable", "edwards"].flatMap((name) => [rule(`keys/${name}`, "read"), rule(`sign/${name}`, "update")]);
  await bao.ask("PUT", "sys/policies/acl/signer", { policy: rules.join("\n") });
  const { auth } = await bao.ask("POST", "auth/token/create", { policies: ["signer"], no_default_policy: true });
  return (auth as { client_token: string }).client_token;
}

function questions(bao: OpenBao, narrow: string): readonly Question[] {
  const tokenFile = (name: string, token: string): string => {
    writeFileSync(join(directory, name), token, { mode: 0o600 });
    return join(directory, name);
  };
  const admin = tokenFile("admin", bao.rootToken);
  const signer = tokenFile("signer", narrow);
  const at = (keyName: string, token = signer, keyVersion = "1"): TransitPlace => ({
    ...{ custody: "transit", url: bao.url, mount: "transit", keyName, keyVersion, tokenFile: token },
  });
  const code = (outcome: Outcome<unknown>): string => (outcome.ok ? "accepted" : outcome.refusal.code);
  const signs = async (place: TransitPlace, digest: string | null): Promise<string> => {
    const key = await openKey(place);
    return verify(digest, message, key.publicKey, await key.sign(message))
      ? `${key.algorithm} verifies`
      : "a signature that does not verify";
  };
  const made = (name: string, settings: object) => bao.ask("POST", `transit/keys/${name}`, settings);
  return [
    ["a P-256 key is made", "accepted", async () => code(await createTransit(at("stable", admin), "ecdsa-p256"))],
    ["an ed25519 key is made", "accepted", async () => code(await createTransit(at("edwards", admin), "ed25519"))],
    ["a name that is taken is refused", "key-exists", async () => code(await createTransit(at("stable", admin), "ed25519"))],
    ["P-256 signs, with a token that may nothing else", "ecdsa-p256 verifies", () => signs(at("stable"), "sha256")],
    ["ed25519 signs, with a token that may nothing else", "ed25519 verifies", () => signs(at("edwards"), null)],
    ["that token makes no key", "access-refused", async () => code(await createTransit(at("other"), "ecdsa-p256"))],
    [
      "a token that nobody gave is refused",
      "access-refused",
      async () => code(await openTransit(at("stable", tokenFile("none", "s.none")))),
    ],
    ["a key that is not there is refused", "key-missing", async () => code(await openTransit(at("nobody", admin)))],
    [
      "an exportable key is refused",
      "key-not-confined",
      async () => {
        await made("exportable", { type: "ecdsa-p256", exportable: true });
        return code(await openTransit(at("exportable", admin)));
      },
    ],
    [
      "a key that plaintext backups hold is refused",
      "key-not-confined",
      async () => {
        await made("backed", { type: "ecdsa-p256", allow_plaintext_backup: true });
        return code(await openTransit(at("backed", admin)));
      },
    ],
    [
      "a key of another type is refused",
      "key-unusable",
      async () => {
        await made("rsa", { type: "rsa-2048" });
        return code(await openTransit(at("rsa", admin)));
      },
    ],
    [
      "after a rotation the first version is still the key that it was, and the second another",
      "true true",
      async () => {
        const before = await openKey(at("stable"));
        await bao.ask("POST", "transit/keys/stable/rotate");
        const [first, second] = [await openKey(at("stable")), await openKey(at("stable", signer, "2"))];
        const signed = verify("sha256", message, before.publicKey, await before.sign(message));
        return `${signed && first.keyid === before.keyid} ${second.keyid !== before.keyid}`;
      },
    ],
    [
      "a sealed server signs nothing",
      "service-sealed",
      async () => {
        const key = await openKey(at("stable"));
        await bao.ask("POST", "sys/seal");
        const refused = (error: unknown) => (error instanceof KeyRefused ? error.refusal.code : String(error));
        return key.sign(message).then(() => "signed", refused);
      },
    ],
  ];
}
