// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, literal, matching, name, text } from "@countersign/trust/decode";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type PublicKey, publicKey } from "@countersign/trust/key";
import type { Outcome } from "@countersign/trust/refusal";

/** What a job asks: that the key it made, with which it signs this, be certified for the build that its identity token names. */
export interface CertificateRequest {
  readonly _type: "certificate-request";
  readonly spec: "countersign/1";
  readonly channel: string;
  /** The builder that it is, as the policy's rule has it, with the version filled in. */
  readonly builder: string;
  /** The version that is built; it fills the rule's `{version}`. */
  readonly version: string;
  readonly key: PublicKey;
  /** The job's OIDC token, as its platform gave it. */
  readonly token: string;
}

const certificateRequest: Decoder<CertificateRequest> = closed<CertificateRequest>({
  _type: literal("certificate-request"),
  spec: literal("countersign/1"),
  channel: name,
  builder: text,
  version: matching(/^[\x21-\x7e]{1,128}$/, "1 to 128 printable ASCII characters"),
  key: publicKey,
  token: text,
});

/** Reads a request; that it is signed by the key in it is `request/possession`'s to find out. */
export function readRequest(bytes: Uint8Array): Outcome<Envelope<CertificateRequest>> {
  return readEnvelope(certificateRequest, bytes, "certificate request");
}
