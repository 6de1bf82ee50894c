// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { isUnsafePoint } from "./ed25519.ts";
import { sha256 } from "./hash.ts";
import { ML_DSA_44_KEY_BYTES, mlDsa44Key } from "./ml-dsa.ts";
import { isKeyName } from "./note.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/** 1 is an Ed25519 key that signs notes, 4 one that cosigns checkpoints, 6 an ML-DSA-44 key that cosigns them; the types never share a key id. */
export type KeyType = 1 | 4 | 6;

const KEY_BYTES: { readonly [type: number]: number } = { 1: 32, 4: 32, 6: ML_DSA_44_KEY_BYTES };

/** A verifier key: the line by which a log or a witness is known. */
export interface Vkey {
  readonly name: string;
  readonly keyId: number;
  readonly type: KeyType;
  /** 32 bytes of Ed25519, never an unsafe point; or 1312 of ML-DSA-44. */
  readonly publicKey: Uint8Array;
}

const FORM = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/; // the base64 at the end may have a "+" in it

/** Whether a key of this type cosigns checkpoints, as a witness does. */
export function isCosigner({ type }: Pick<Vkey, "type">): boolean {
  return type !== 1;
}

/**
 * Reads `<name>+<key id>+<base64(type, key)>` (c2sp.org/signed-note); refuses wrong key ids, other key types and unsafe points. An ML-DSA key is refused
 * by a runtime that cannot verify with it, as `readMlDsa` tells: such a witness would be silently worth nothing.
 */
export function parseVkey(text: string, readMlDsa: typeof mlDsa44Key = mlDsa44Key): Outcome<Vkey> {
  const [, name, id, blob] = FORM.exec(text) ?? [];
  const bytes = decodeBase64(blob ?? "");
  if (name === undefined || id === undefined || !isKeyName(name) || bytes === undefined) return refused("name+hex+base64", text);
  const type = bytes[0];
  if ((type !== 1 && type !== 4 && type !== 6) || bytes.length !== 1 + (KEY_BYTES[type] ?? 0))
    return refused("an Ed25519 key, type 1 or 4, or an ML-DSA-44 key, type 6", text);
  const publicKey = bytes.subarray(1);
  if (type !== 6 && isUnsafePoint(publicKey)) return refused("a canonical key of large order", text);
  if (type === 6 && readMlDsa(publicKey) === undefined)
    return refuse("ml-dsa-missing", "a runtime with ML-DSA-44", `none for ${name}`, "run this on Node.js 24.15 or later");
  const keyId = keyIdOf(name, type, publicKey);
  if (keyId !== Number.parseInt(id, 16)) return refused(`key id ${hex32(keyId)}`, text);
  return accept({ name, keyId, type, publicKey });
}

/** Prints the key as its vkey line. */
export function formatVkey(name: string, type: KeyType, publicKey: Uint8Array): string {
  return `${name}+${hex32(keyIdOf(name, type, publicKey))}+${encodeBase64(Buffer.concat([Uint8Array.of(type), publicKey]))}`;
}

/** First four bytes of SHA-256(name, newline, type, key). */
export function keyIdOf(name: string, type: KeyType, publicKey: Uint8Array): number {
  return Buffer.from(sha256(Buffer.from(`${name}\n`), Uint8Array.of(type), publicKey)).readUInt32BE();
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function refused(expected: string, text: string): Outcome<never> {
  return refuse("vkey-malformed", expected, text.slice(0, 200), "copy the vkey again from whoever runs the log or the witness");
}
