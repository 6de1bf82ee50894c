// SPDX-License-Identifier: Apache-2.0
import type { Envelope } from "./envelope.ts";
import { type HolderKey, keyValueOf, type UnusableKey, verifySignature } from "./key.ts";

/** Whose signatures count for a document, and how many it takes (TUF 4.3 `roles`, 4.5 `delegations`). */
export interface Authority {
  readonly keys: Readonly<Record<string, HolderKey | UnusableKey>>;
  readonly keyids: readonly string[];
  readonly threshold: number;
}

type Document = Pick<Envelope<unknown>, "message" | "signatures">;

/** Several checks ask about one document and one authority, and verifying is what costs: the answer is kept for as long as both are. */
const answers = new WeakMap<Document, WeakMap<Authority, readonly string[]>>();

/** The keys of `authority` that signed this document, each once (TUF 4.2.1: a key counts once, whatever signs twice with it). */
export function signersOf(document: Document, authority: Authority): readonly string[] {
  const known = answers.get(document)?.get(authority);
  if (known !== undefined) return known;
  const signers = new Map<string, string>(); // by the key itself: one key under two identifiers is one key
  for (const { keyid, sig } of document.signatures) {
    const key = authority.keyids.includes(keyid) ? authority.keys[keyid] : undefined;
    if (key !== undefined && !signers.has(keyValueOf(key)) && verifySignature(key, document.message, sig))
      signers.set(keyValueOf(key), keyid);
  }
  const counted = [...signers.values()];
  answers.set(document, (answers.get(document) ?? new WeakMap()).set(authority, counted));
  return counted;
}

/** The owners behind some keys. A key without an owner counts for nobody. */
export function ownersOf(keyids: readonly string[], ownerOf: (keyid: string) => string | undefined): readonly string[] {
  return [...new Set(keyids.map(ownerOf).filter((owner) => owner !== undefined))];
}
