// SPDX-License-Identifier: Apache-2.0

/** A daemon's certificate before it is signed. It is pinned by its thumbprint, so it needs no authority and says no more than it must. */
export interface CertificateDraft {
  readonly commonName: string;
  /** SubjectPublicKeyInfo in DER, of a P-256 key. */
  readonly publicKey: Uint8Array;
  /** Unix milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 16 bytes of chance. */
  readonly serial: Uint8Array;
}

/** Makes a certificate that its own P-256 key signs (RFC 5280, X.509 v1), in DER. `sign` gives DER over SHA-256, as keys in custody do. */
export async function selfSigned(draft: CertificateDraft, sign: (message: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
  const { commonName, publicKey, notBefore, notAfter, serial } = draft;
  const algorithm = sequence(ecdsaWithSha256);
  const name = sequence(der(0x31, sequence(commonNameType, der(0x0c, Buffer.from(commonName)))));
  const validity = sequence(time(notBefore), time(notAfter));
  const signed = sequence(der(0x02, Buffer.concat([Buffer.of(0x01), serial])), algorithm, name, validity, name, publicKey);
  return sequence(signed, algorithm, der(0x03, Buffer.concat([Buffer.of(0), await sign(signed)])));
}

const ecdsaWithSha256 = Buffer.from("06082a8648ce3d040302", "hex"); // RFC 5758, 3.2
const commonNameType = Buffer.from("0603550403", "hex"); // RFC 5280, A.1

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, value: Uint8Array): Uint8Array {
  const length = value.length < 128 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), value]);
}

/** GeneralizedTime is for years from 2050 on, UTCTime for all before (RFC 5280, 4.1.2.5). */
function time(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  return digits < "2050" ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
