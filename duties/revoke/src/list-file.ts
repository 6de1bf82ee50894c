// SPDX-License-Identifier: Apache-2.0
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { canonicalBytes } from "@countersign/trust/canonical";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type PublicKey, verifySignature } from "@countersign/trust/key";
import { type Denial, denialDigest, type RevocationList, revocationList } from "@countersign/trust/revocation/list";
import { type Read, readFile } from "@countersign/trust/workflow/step";

/** What one list may take of `revocations/latest`, so that the full lists of eight revokers still make a document that devices read. */
export const MAX_LIST_BYTES: number = 512 * 1024;

/** Where a revoker keeps its list; it writes no other, but the merge of all. */
export function listPath(revoker: string): string {
  return `revocations/${revoker}.json`;
}

/** The bytes that denials take in a list. */
export function listBytes(denials: readonly Denial[]): number {
  return canonicalBytes(denials).length;
}

/** Denials with more of them at the end, each once. Nothing is ever taken out, and what stands keeps its place. */
export function denialsWith(denials: readonly Denial[], more: readonly Denial[]): readonly Denial[] {
  const known = new Set(denials.map(denialDigest));
  return [...denials, ...more.filter((denial) => !known.has(denialDigest(denial)))];
}

/** The file of a list, signed. */
export async function signList(list: RevocationList, key: SigningKey): Promise<Uint8Array> {
  return documentBytes(await signDocument(list, [key]));
}

/** The list that stands in the store under this revoker's name, if its own key signed it. */
export async function readOwnList(
  read: Read,
  revoker: string,
  key: { readonly keyid: string; readonly tuf: PublicKey },
): Promise<Envelope<RevocationList> | undefined> {
  const bytes = await readFile(read, listPath(revoker));
  const list = bytes.ok ? readEnvelope(revocationList, bytes.value, listPath(revoker)) : bytes;
  if (!list.ok || list.value.signed.revoker !== revoker) return undefined;
  const { message, signatures } = list.value;
  return signatures.some(({ keyid, sig }) => keyid === key.keyid && verifySignature(key.tuf, message, sig)) ? list.value : undefined;
}
