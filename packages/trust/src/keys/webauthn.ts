// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import { defaultLimits } from "../limits.ts";
import { ecdsa } from "./ecdsa.ts";
import type { Verifier } from "./kind.ts";

/** The public half of a passkey, with where it may be used. */
export interface PasskeyValue {
  readonly public: string;
  /** The relying party, WebAuthn's name for the domain to which a credential belongs. */
  readonly rpId: string;
  /** The page, scheme and port included. Its relying party is shared by every program that serves on the machine; this is not. */
  readonly origin: string;
}

/** What an authenticator answers to `navigator.credentials.get` (WebAuthn L3 5.2.2). */
export interface Assertion {
  readonly authenticatorData: Uint8Array;
  readonly clientDataJSON: Uint8Array;
  readonly signature: Uint8Array;
}

const [p256] = ecdsa;
const relyingParty = "localhost";
const relyingPartyHash = hash("sha256", relyingParty, "buffer");

/** The flags of authenticator data (WebAuthn L3 6.1). */
const flag = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40, extensions: 0x80 };
const flagsAt = 32;
const counterAt = 33;
/** Relying party, flags and counter. More comes with flags that are refused alone. */
const authenticatorDataBytes = 37;

/**
 * A passkey (WebAuthn L3), ES256. It belongs to a page on the loopback of its owner's own machine and to no other origin. Its signature is the canonical JSON of
 * an assertion, each member in base64url, whose challenge is the SHA-256 of the signed message.
 *
 * Refused (WebAuthn L3 7.2): another relying party, origin, challenge or type; a page inside a page of another origin; nobody present, or present and not
 * verified; attested credential data, extensions, and a backup of what cannot be backed up; and a second spelling of any part. How far the counter has come,
 * a verifier that remembers nothing cannot tell: that is for those who do (`passkeyCounter`).
 */
export function readPasskey({ public: spki, rpId, origin }: PasskeyValue): Verifier | undefined {
  const key = p256?.read(spki);
  if (key?.spelling !== spki || rpId !== relyingParty || !isLoopback(origin)) return undefined;
  return {
    spelling: key.spelling,
    verify(message, signature) {
      const assertion = readAssertion(signature);
      if (assertion === undefined) return false;
      const { authenticatorData, clientDataJSON } = assertion;
      if (!isVerifiedUser(authenticatorData) || !isGet(clientDataJSON, message, origin)) return false;
      return key.verify(Buffer.concat([authenticatorData, hash("sha256", clientDataJSON, "buffer")]), assertion.signature);
    },
  };
}

/** The counter in a passkey's signature (lower-case hex), 0 for one that does not count; undefined for any other signature. Nothing is verified. */
export function passkeyCounter(sig: string): number | undefined {
  const assertion = /^(?:[0-9a-f]{2})+$/.test(sig) ? readAssertion(Buffer.from(sig, "hex")) : undefined;
  return assertion && Buffer.from(assertion.authenticatorData).readUInt32BE(counterAt);
}

/** The page that a passkey may sign on: plain HTTP, which a browser allows on `localhost` alone, and a port that is not the default one. */
function isLoopback(origin: string): boolean {
  const [, port = ""] = /^http:\/\/localhost:([1-9][0-9]{0,4})$/.exec(origin) ?? [];
  return port !== "" && port !== "80" && Number(port) < 0x10000;
}

const form = /^\{"authenticatorData":"([\w-]+)","clientDataJSON":"([\w-]+)","signature":"([\w-]+)"\}$/;

function readAssertion(bytes: Uint8Array): Assertion | undefined {
  if (bytes.length > defaultLimits.assertionBytes) return undefined;
  const members = form.exec(Buffer.from(bytes).toString("latin1"))?.slice(1).map(fromBase64url);
  const [authenticatorData, clientDataJSON, signature] = members ?? [];
  if (authenticatorData?.length !== authenticatorDataBytes || clientDataJSON === undefined || signature === undefined) return undefined;
  return { authenticatorData, clientDataJSON, signature };
}

/** Bytes from their one spelling without padding (RFC 4648 5). */
function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

function isVerifiedUser(authenticatorData: Uint8Array): boolean {
  const flags = authenticatorData[flagsAt] ?? 0;
  const demanded = flag.userPresent | flag.userVerified;
  return (
    relyingPartyHash.equals(authenticatorData.subarray(0, flagsAt)) &&
    (flags & demanded) === demanded &&
    (flags & (flag.attested | flag.extensions)) === 0 &&
    ((flags & flag.backedUp) === 0 || (flags & flag.backupEligible) !== 0)
  );
}

/** The limited verification of client data (WebAuthn L3 5.8.1.2): what is asked for comes first, in these bytes; a client may add members after it. */
function isGet(clientDataJSON: Uint8Array, message: Uint8Array, origin: string): boolean {
  const challenge = hash("sha256", message, "base64url");
  const expected = `{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}","crossOrigin":false`;
  const found = Buffer.from(clientDataJSON).toString("latin1");
  return found === `${expected}}` || (found.startsWith(`${expected},`) && found.endsWith("}"));
}
