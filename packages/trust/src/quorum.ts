// SPDX-License-Identifier: Apache-2.0
import type { Envelope } from "./envelope.ts";
import { type PublicKey, verifySignature } from "./key.ts";

/** Whose signatures count for a document, and how many it takes (TUF 4.3 `roles`, 4.5 `delegations`). */
export interface Authority {
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly keyids: readonly string[];
  readonly threshold: number;
  /** Target paths that the role may name, as patterns; absent where it may name any (TUF 4.5 `paths`). */
  readonly paths?: readonly string[];
}

/** The keys of `authority` that signed this document, each once (TUF 4.2.1: a key counts once, whatever signs twice with it). */
export function signersOf(document: Pick<Envelope<unknown>, "message" | "signatures">, authority: Authority): readonly string[] {
  const signers = new Map<string, string>(); // by key value: one key under two identifiers is one key
  for (const { keyid, sig } of document.signatures) {
    const key = authority.keyids.includes(keyid) ? authority.keys[keyid] : undefined;
    if (key !== undefined && verifySignature(key, document.message, sig)) signers.set(key.keyval.public, keyid);
  }
  return [...signers.values()];
}

/** The owners behind some keys. A key without an owner counts for nobody. */
export function ownersOf(keyids: readonly string[], ownerOf: (keyid: string) => string | undefined): readonly string[] {
  return [...new Set(keyids.map(ownerOf).filter((owner) => owner !== undefined))];
}
