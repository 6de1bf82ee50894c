// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { isUnsafePoint } from "./ed25519.ts";
import { sha256 } from "./hash.ts";
import { isKeyName } from "./note.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/** 1 is an Ed25519 key that signs notes, 4 one that cosigns checkpoints; the types never share a key id. */
export type KeyType = 1 | 4;

/** A verifier key: the line by which a log or a witness is known. */
export interface Vkey {
  readonly name: string;
  readonly keyId: number;
  readonly type: KeyType;
  /** 32 bytes, never an unsafe point. */
  readonly publicKey: Uint8Array;
}

const FORM = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/; // the base64 at the end may have a "+" in it

/** Reads `<name>+<key id>+<base64(type, key)>` (c2sp.org/signed-note); refuses wrong key ids, other key types and unsafe points. */
export function parseVkey(text: string): Outcome<Vkey> {
  const [, name, id, blob] = FORM.exec(text) ?? [];
  const bytes = decodeBase64(blob ?? "");
  if (name === undefined || id === undefined || !isKeyName(name) || bytes === undefined) return refused("name+hex+base64", text);
  const type = bytes[0];
  if ((type !== 1 && type !== 4) || bytes.length !== 33) return refused("an Ed25519 key, type 1 or 4", text);
  const publicKey = bytes.subarray(1);
  if (isUnsafePoint(publicKey)) return refused("a canonical key of large order", text);
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
