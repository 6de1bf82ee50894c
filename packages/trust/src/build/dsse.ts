// SPDX-License-Identifier: Apache-2.0
import { decodeBase64 } from "@countersign/tlog/base64";
import { array, closed, type Decoder, decodeBytes, Malformed, optional, text } from "../decode.ts";
import { type Digest, sha256 } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { type PublicKey, verifySignature } from "../key.ts";
import type { Outcome } from "../refusal.ts";
import { type BuildCertificate, signedCertificate } from "./certificate.ts";

/** A DSSE envelope (secure-systems-lab/dsse, protocol 1.0.2) as it was read; nothing is verified yet. */
export interface Dsse {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly DsseSignature[];
  /** Of the envelope's bytes. It names this file and not what it says: anybody can add a signature that does not count. */
  readonly digest: Digest;
}

interface DsseSignature {
  /** A hint. */
  readonly keyid?: string | undefined;
  readonly sig: Uint8Array;
  /** Whose key it is, if an issuer certified it for this build. Stock readers of DSSE ignore it, as the protocol tells them to. */
  readonly certificate?: Envelope<BuildCertificate> | undefined;
}

const base64: Decoder<Uint8Array> = (value, at) => {
  const bytes = decodeBase64(text(value, at));
  if (bytes === undefined) throw new Malformed(at, "canonical base64", value);
  return bytes;
};

const envelope: Decoder<Omit<Dsse, "digest">> = closed<Omit<Dsse, "digest">>({
  payloadType: text,
  payload: base64,
  signatures: array(closed<DsseSignature>({ keyid: optional(text), sig: base64, certificate: optional(signedCertificate) }), 1, 16),
});

/** Reads an envelope. A field that neither the protocol nor we have is refused: nobody would have signed it. */
export function readDsse(bytes: Uint8Array): Outcome<Dsse> {
  const read = decodeBytes(envelope, bytes, "DSSE envelope");
  return read.ok ? { ok: true, value: { ...read.value, digest: sha256(bytes) } } : read;
}

/** What names what an envelope says, whoever puts it into another one: the digest of its payload. */
export function payloadDigest({ payload }: Pick<Dsse, "payload">): Digest {
  return sha256(payload);
}

/** Pre-authentication encoding: the bytes that are signed. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = new TextEncoder().encode(payloadType);
  const header = new TextEncoder().encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  return Buffer.concat([header, payload]);
}

/** Several checks ask who signed one envelope, and verifying is what costs: the answer is kept for as long as envelope and key are. */
const answers = new WeakMap<Dsse, WeakMap<PublicKey, boolean>>();

/** True if `key` signed the envelope. The key identifier in the envelope is a hint only, and is not looked at. */
export function dsseSignedBy(envelope: Dsse, key: PublicKey): boolean {
  const known = answers.get(envelope)?.get(key);
  if (known !== undefined) return known;
  const message = preAuthenticationEncoding(envelope.payloadType, envelope.payload);
  const signed = envelope.signatures.some(({ sig }) => verifySignature(key, message, Buffer.from(sig).toString("hex")));
  answers.set(envelope, (answers.get(envelope) ?? new WeakMap()).set(key, signed));
  return signed;
}
