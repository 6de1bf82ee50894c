// SPDX-License-Identifier: Apache-2.0
import { hash, randomBytes } from "node:crypto";
import { closed, type Decoder, decode, literal, matching } from "@countersign/trust/decode";
import { passkey } from "@countersign/trust/key";
import { pemOf } from "@countersign/trust/keys/pem";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type LoopbackOptions, servePage } from "./loopback.ts";
import { pageOf } from "./page.ts";
import { credentialId, type PasskeyFile } from "./passkey-file.ts";

/** What `navigator.credentials.create` answered, as the page sends it. */
interface Answer {
  readonly credential: string;
  /** COSE: ES256. */
  readonly algorithm: -7;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
}

const base64url = matching(/^[\w-]+$/, "base64url");
const answer: Decoder<Answer> = closed<Answer>({
  credential: credentialId,
  algorithm: literal(-7),
  publicKey: base64url,
  authenticatorData: base64url,
  clientDataJSON: base64url,
});

export interface Registration extends LoopbackOptions {
  readonly name: string;
  /** The page on which it will approve, too: `http://localhost:PORT`. */
  readonly origin: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Lets a person make a passkey, for this page of this machine. Only one with which they are verified, by finger, face or PIN, and ES256: every authenticator has it.
 * Nobody attests what kind of authenticator it is; who signs the policy should ask.
 */
export async function registerPasskey({ name, origin, now, ...options }: Registration): Promise<Outcome<PasskeyFile>> {
  const challenge = randomBytes(32).toString("base64url");
  const html = pageOf(
    {
      title: `A passkey for ${name}`,
      lead: `It stays in your authenticator and approves for you, on this page of this machine and nowhere else.`,
      act: "Make a passkey",
      sections: [
        {
          title: "What comes of it",
          facts: [
            ["its private half", "stays where you make it: in this machine, your phone or your security key"],
            ["its public half", "goes into a small file, which whoever signs the policy asks you for"],
            ["to approve", "you will be asked for it, and for your finger, face or PIN, each time"],
            ["make two", "a person who has only one cannot approve on the day it is lost"],
          ],
        },
      ],
    },
    { ask: "create", challenge, user: randomBytes(16).toString("base64url"), name },
    origin,
  );
  return servePage({ origin, html, answer: (sent) => fileOf(sent, { challenge, origin, name, now }) }, options);
}

const flag = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, attested: 0x40 };

interface Expected {
  readonly challenge: string;
  readonly origin: string;
  readonly name: string;
  readonly now: number;
}

/** The file of a registration (WebAuthn L3 7.1), if the browser made it for this page and this challenge, and the person was verified. */
function fileOf(sent: unknown, { challenge, origin, name, now }: Expected): Outcome<PasskeyFile> {
  const read = decode(answer, sent, "the browser's answer");
  if (!read.ok) return read;
  const { credential, publicKey, ...said } = read.value;
  const clientData = Buffer.from(said.clientDataJSON, "base64url").toString();
  const data = Buffer.from(said.authenticatorData, "base64url");
  const flags = data[32] ?? 0;
  const demanded = flag.userPresent | flag.userVerified | flag.attested;
  const good =
    clientData.startsWith(`{"type":"webauthn.create","challenge":"${challenge}","origin":"${origin}","crossOrigin":false`) &&
    data.subarray(0, 32).equals(hash("sha256", "localhost", "buffer")) &&
    (flags & demanded) === demanded &&
    credentialIn(data) === credential;
  if (!good)
    return refuse(
      "registration-invalid",
      "a passkey for this page, made by a verified person",
      "another page, or nobody verified",
      "That was no good answer of your authenticator. Try again, or use another one.",
    );
  const keyval = { public: pemOf(Buffer.from(publicKey, "base64url")), rpId: "localhost", origin };
  const key = decode(passkey, { keytype: "webauthn", scheme: "webauthn-es256", keyval }, "the passkey");
  if (!key.ok) return key;
  const created = `${new Date(now).toISOString().slice(0, 19)}Z`;
  return accept({
    _type: "passkey",
    spec: "countersign/1",
    name,
    credential,
    key: key.value,
    synced: (flags & flag.backupEligible) !== 0,
    created,
  });
}

/** Attested credential data (WebAuthn L3 6.5.1): after flags, counter and AAGUID comes the length of the identifier, and the identifier. */
function credentialIn(authenticatorData: Buffer): string | undefined {
  if (authenticatorData.length < 55) return undefined;
  const length = authenticatorData.readUInt16BE(53);
  return authenticatorData.subarray(55, 55 + length).toString("base64url");
}
