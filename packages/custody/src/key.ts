// SPDX-License-Identifier: Apache-2.0
import { createHash, type KeyObject } from "node:crypto";
import { type Algorithm, describe, signWith, type TufKey } from "./algorithm.ts";
import type { Attestation } from "./attestation.ts";

/** What is known of a key without being able to use it. */
export interface PublicHalf {
  /** SHA-256 of the TUF key object in canonical JSON, in hex (TUF 4.2). */
  readonly keyid: string;
  readonly algorithm: Algorithm;
  readonly publicKey: KeyObject;
  readonly tuf: TufKey;
  /** Where the private half lives, for people and for the blast radius. */
  readonly custody: string;
}

/**
 * The one interface of every custody adapter. Who holds it can sign and cannot read the private half.
 * It is given the message, never its digest, because some modules hash by themselves.
 * Signatures are as TUF has them: DER for P-256, the plain bytes for the others.
 */
export interface CustodyKey extends PublicHalf {
  readonly attestation: Attestation;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The public half of `publicKey`, which is of one of our algorithms; any other is a bug of the caller. */
export function publicHalf(publicKey: KeyObject, custody: string): PublicHalf {
  const { algorithm, tuf } = describe(publicKey);
  return { keyid: keyid(tuf), algorithm, publicKey, tuf, custody };
}

/** A key whose private half is in this process's memory. */
export function softwareKey(half: PublicHalf, privateKey: KeyObject): CustodyKey {
  return {
    ...half,
    attestation: { custody: half.custody, says: {} },
    sign: async (message) => signWith(half.algorithm, message, privateKey),
  };
}

// TUF's canonical JSON sorts members and escapes only quotes and backslashes: a PEM keeps its line breaks, and holds neither.
function keyid({ keytype, keyval, scheme }: TufKey): string {
  return createHash("sha256").update(`{"keytype":"${keytype}","keyval":{"public":"${keyval.public}"},"scheme":"${scheme}"}`).digest("hex");
}
