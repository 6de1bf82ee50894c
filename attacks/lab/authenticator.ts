// SPDX-License-Identifier: Apache-2.0
import { createECDH, createPrivateKey, hash, type JsonWebKey, sign } from "node:crypto";
import type { PasskeyFile } from "@countersign/release/passkey/passkey-file";
import type { SigningKey } from "@countersign/repository/sign-document";
import { canonicalBytes } from "@countersign/trust/canonical";
import { keyidOf, type Passkey } from "@countersign/trust/key";
import { pemOf } from "@countersign/trust/keys/pem";

/** Who of the lab's people has a passkey, and no other key that approves. */
export const passkeyOwner = "cleo";

/** What an authenticator and the browser around it answer, as a page sends it. */
export interface Assertion {
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

/** An authenticator in software, the same in every process of the lab; whoever has it signs whatever a browser would let them. */
export interface Authenticator {
  readonly passkey: PasskeyFile;
  readonly key: SigningKey;
  /** What it answers to a page of this origin that asks with this challenge (base64url). */
  answer(challenge: string, origin: string): Assertion;
}

const ecdh = createECDH("prime256v1");
ecdh.setPrivateKey(hash("sha256", `a passkey of ${passkeyOwner}`, "buffer"));
const point = ecdh.getPublicKey();
const [x, y, d] = [point.subarray(1, 33), point.subarray(33), ecdh.getPrivateKey()].map((part) => part.toString("base64url"));
const privateKey = createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d } as JsonWebKey, format: "jwk" });
const spki = Buffer.concat([Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"), point]);
const origin = "http://localhost:27391";
const key: Passkey = { keytype: "webauthn", scheme: "webauthn-es256", keyval: { public: pemOf(spki), rpId: "localhost", origin } };

function answer(challenge: string, at: string): Assertion {
  const presentAndVerified = 0x05;
  const authenticatorData = Buffer.concat([hash("sha256", "localhost", "buffer"), Buffer.from([presentAndVerified, 0, 0, 0, 0])]);
  const clientDataJSON = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin: at, crossOrigin: false }));
  const signature = sign("sha256", Buffer.concat([authenticatorData, hash("sha256", clientDataJSON, "buffer")]), privateKey);
  const parts = { authenticatorData, clientDataJSON, signature };
  return Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, bytes.toString("base64url")])) as unknown as Assertion;
}

export const authenticator: Authenticator = {
  passkey: {
    ...{ _type: "passkey", spec: "countersign/1", name: passkeyOwner, credential: "a".repeat(22), key, synced: false },
    created: "2026-01-01T00:00:00Z",
  },
  key: { keyid: keyidOf(key), sign: async (message) => canonicalBytes(answer(hash("sha256", message, "base64url"), origin)) },
  answer,
};
