// SPDX-License-Identifier: Apache-2.0
import type { Signer } from "@sigstore/verify";

/**
 * What a Fulcio certificate says of the job that it was given to, by the numbers under 1.3.6.1.4.1.57264.1
 * (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md). Each is a UTF8String in DER.
 */
const extensions = {
  issuer: 8,
  buildSignerUri: 9,
  runnerEnvironment: 11,
  sourceRepositoryUri: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryId: 15,
  sourceRepositoryOwnerId: 17,
  buildConfigUri: 18,
  buildTrigger: 20,
  runInvocationUri: 21,
} as const;

export type CertificateFact = keyof typeof extensions | "subjectAlternativeName";
export type CertificateFacts = Readonly<Partial<Record<CertificateFact, string>>>;

/** The facts in a certificate that was verified. One that is absent, there twice or no text is absent. */
export function factsOf({ identity }: Signer): CertificateFacts {
  const facts: Partial<Record<CertificateFact, string>> = {};
  for (const [name, number] of Object.entries(extensions) as [keyof typeof extensions, number][]) {
    const values = (identity?.oids ?? []).filter(({ oid }) => oid?.id.join(".") === `1.3.6.1.4.1.57264.1.${number}`);
    const [value] = values;
    const text = value === undefined || values.length > 1 ? undefined : utf8String(value.value);
    if (text !== undefined) facts[name] = text;
  }
  const name = identity?.subjectAlternativeName;
  return name === undefined ? facts : { ...facts, subjectAlternativeName: name };
}

/** A UTF8String of at most 64 KiB, in its one DER form and with nothing after it (X.690, 8.1.3 and 10.1). */
function utf8String(der: Uint8Array): string | undefined {
  const [tag, first = 0] = der;
  const long = first >= 0x81 && first <= 0x82 ? first - 0x80 : 0;
  const length = long === 0 ? first : der.subarray(2, 2 + long).reduce((sum, byte) => sum * 256 + byte, 0);
  const shortest = long === 0 ? first < 0x80 : length >= (long === 1 ? 0x80 : 0x100);
  const body = der.subarray(2 + long);
  if (tag !== 0x0c || !shortest || body.length !== length) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
