// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import type { Signature, Signed } from "@countersign/trust/envelope";

/** What this room needs of a key in custody: its name, and that it signs a message. */
export interface SigningKey {
  readonly keyid: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * Signs a document with every key, in the order given (TUF 4.2.1: over the canonical form of `signed`, signatures in hex).
 * `signed` must be plain JSON, exactly as it is to be served; a document that was decoded may have lost what its reader did not know.
 */
export async function signDocument<T>(signed: T, keys: readonly SigningKey[]): Promise<Signed<T>> {
  return { signatures: await signMessage(canonicalBytes(signed), keys), signed };
}

/** The same for the canonical form of `signed` itself. */
export async function signMessage(message: Uint8Array, keys: readonly SigningKey[]): Promise<readonly Signature[]> {
  const signatures: Signature[] = [];
  for (const key of keys) signatures.push({ keyid: key.keyid, sig: Buffer.from(await key.sign(message)).toString("hex") });
  return signatures;
}

/** The bytes under which a signed document is served: its served form, signatures included. Digests in other documents are of these. */
export function documentBytes<T>({ signatures, signed }: Signed<T>): Uint8Array {
  return servedBytes({ signatures, signed });
}
