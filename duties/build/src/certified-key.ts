// SPDX-License-Identifier: Apache-2.0
import { randomUUID, webcrypto } from "node:crypto";
import { request } from "@countersign/daemon/client";
import { grantSource } from "@countersign/federation/grant-source";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { signedCertificate } from "@countersign/trust/build/certificate";
import { decode } from "@countersign/trust/decode";
import { keyidOf, type PublicKey } from "@countersign/trust/key";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { BuilderKey } from "./attest.ts";
import type { CertificateRequest } from "./issuer/request.ts";
import type { JobToken } from "./job-token.ts";

/** Where a job gets its key certified, and as whom. */
export interface Certification {
  /** URL of the issuer, and the name under which govern gives grants for it and platforms give tokens for it. */
  readonly issuer: string;
  readonly audience: string;
  /** URL of govern, and the audience of tokens for it. */
  readonly govern: string;
  readonly governAudience: string;
  /** The identity that the job is to govern. */
  readonly identity: string;
  readonly channel: string;
  readonly version: string;
}

/** What is built, as far as it is certified. */
export interface Certifiable {
  readonly builderId: string;
  readonly commit: string;
}

/**
 * Makes a key that cannot leave this process, and has it certified: the job's token is exchanged for a grant for this commit in the window that is
 * open, and grant, proof and a second token, which only the issuer sees, for a certificate. The key is forgotten with the process; nothing of it
 * was ever written down.
 */
export async function certifiedKey(
  { issuer, audience, govern, governAudience, identity, channel, version }: Certification,
  { builderId, commit }: Certifiable,
  tokenFor: JobToken,
): Promise<Outcome<BuilderKey>> {
  const around = { fetch, now: Date.now, id: randomUUID };
  const grants = grantSource({ govern, identity, audience }, { subject: "token", token: () => tokenFor(governAudience) }, around);
  const granted = await grants.grantFor({ duty: "build", channel, digest: commit, uses: 1 });
  if (!granted.ok) return granted;
  const token = await tokenFor(audience);
  if (!token.ok) return token;
  const key = await jobKey();
  const asked: CertificateRequest = {
    _type: "certificate-request",
    spec: "countersign/1",
    channel,
    builder: builderId,
    version,
    key: key.key,
    token: token.value,
  };
  const url = `${issuer}/certificates`;
  const headers = await grants.headersFor(granted.value, "POST", url);
  const body = Buffer.from(documentBytes(await signDocument(asked, [key])));
  const certificate = await request(url, { method: "POST", headers, body, timeoutMilliseconds: 60_000 }, (json) =>
    decode(signedCertificate, json, "the issuer's certificate"),
  );
  if (!certificate.ok) return certificate;
  const { signatures, signed } = certificate.value;
  return accept({ ...key, certificate: { signatures, signed } });
}

/** A key of this process: its private half is not extractable. */
export async function jobKey(): Promise<BuilderKey & { readonly key: PublicKey }> {
  const { subtle } = webcrypto;
  const { publicKey, privateKey } = (await subtle.generateKey("Ed25519", false, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const raw = Buffer.from(await subtle.exportKey("raw", publicKey)).toString("hex");
  const key: PublicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { key, keyid: keyidOf(key), sign: async (message) => new Uint8Array(await subtle.sign("Ed25519", privateKey, message)) };
}
