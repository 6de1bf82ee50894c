// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, integer, json, literal, Malformed, matching, optional, record, text } from "../decode.ts";
import { type Digest, sha256 } from "../digest.ts";
import { type Envelope, envelope } from "../envelope.ts";
import { type PublicKey, publicKey } from "../key.ts";
import type { BuildClaims } from "./claims.ts";

/** No key of a build lives longer. */
export const longestCertificate = 600;

/**
 * What an issuer says of a key that was made in a CI job: that it may sign for exactly this build, and until when. It has seen the job's identity token and
 * no byte of what was built.
 */
export interface BuildCertificate extends BuildClaims {
  readonly _type: "build-certificate";
  readonly spec: "countersign/1";
  /** The key that was made in the job. */
  readonly key: PublicKey;
  readonly commit: string;
  readonly source: string;
  /** The one run of the workflow that has the key. */
  readonly runId: string;
  /** Unix seconds, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** To the end of the year 9999, the last that dates are written for. */
const time = integer(0, 253_402_300_799);

const fields: Decoder<BuildCertificate> = closed<BuildCertificate>({
  _type: literal("build-certificate"),
  spec: literal("countersign/1"),
  key: publicKey,
  builder: text,
  buildType: text,
  source: text,
  commit: matching(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "a git commit in hex"),
  ref: optional(text),
  repositoryId: optional(text),
  ownerId: optional(text),
  runnerEnvironment: optional(text),
  eventName: optional(text),
  parameters: record(text, json),
  runId: matching(/^[\x21-\x7e]{1,200}$/, "1 to 200 printable ASCII characters"),
  notBefore: time,
  notAfter: time,
});

/** Reads a certificate; who signed it is another question. One that would live longer than any may is refused. */
export const buildCertificate: Decoder<BuildCertificate> = (value, at) => {
  const read = fields(value, at);
  const seconds = read.notAfter - read.notBefore;
  if (seconds < 1 || seconds > longestCertificate)
    throw new Malformed(`${at}.notAfter`, `1 to ${longestCertificate} seconds after notBefore`, `${seconds} seconds`);
  return read;
};

const signed: Decoder<Envelope<BuildCertificate>> = envelope(buildCertificate);

/** A certificate as it travels: under the signature of one issuer, whose key the signature names. */
export const signedCertificate: Decoder<Envelope<BuildCertificate>> = (value, at) => {
  const read = signed(value, at);
  if (read.signatures.length !== 1) throw new Malformed(`${at}.signatures`, "the signature of one issuer", read.signatures.length);
  return read;
};

/** The key that a certificate says it is signed by. */
export function issuerOf({ signatures: [signature] }: Pick<Envelope<BuildCertificate>, "signatures">): string {
  return signature?.keyid ?? "";
}

/** What names a certificate in the ledger and in a denial: the digest of what is signed, since of an ECDSA signature anybody can make a second one. */
export function certificateName({ message }: Pick<Envelope<BuildCertificate>, "message">): Digest {
  return sha256(message);
}
