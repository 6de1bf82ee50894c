// SPDX-License-Identifier: Apache-2.0
import { parseCheckpoint } from "./checkpoint.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { ML_DSA_44_SIGNATURE_BYTES, verifyMlDsa44 } from "./ml-dsa.ts";
import { decodeUtf8 } from "./utf8.ts";
import type { KeyType, Vkey } from "./vkey.ts";

/** A witness's word that, at that time, this was the largest consistent tree it had seen of this origin. Not a check of content. */
export interface Cosignature {
  /** Unix seconds. 0 claims no time and counts for no freshness. */
  readonly time: number;
  /** Over `cosignatureMessage`: 64 bytes of Ed25519, or 2420 of ML-DSA-44. */
  readonly signature: Uint8Array;
}

const TIME_BYTES = 8;
const ED25519_SIGNATURE_BYTES = 64;
const SUBTREE = Buffer.from("subtree/v1\n\0");

/**
 * What a witness signs (c2sp.org/tlog-cosignature). With Ed25519, `cosignature/v1`: the time and the whole text of the note, to its final newline; the
 * witness's name is not in it, so a key serves one witness only. With ML-DSA-44, `subtree/v1`: witness, time, origin, size and root, and no extension
 * lines. Undefined for what that cannot say: a text that is no checkpoint, and names above 255 bytes.
 */
export function cosignatureMessage(
  time: number,
  textBytes: Uint8Array,
  { name, type }: Pick<Vkey, "name" | "type">,
): Uint8Array | undefined {
  if (type !== 6) return Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), textBytes]);
  const checkpoint = parseCheckpoint(decodeUtf8(textBytes) ?? "");
  if (!checkpoint.ok) return undefined;
  const { origin, size, root } = checkpoint.value;
  const [cosigner, log] = [opaque(name), opaque(origin)];
  // the whole tree as a subtree: from 0 to its size
  return cosigner && log && Buffer.concat([SUBTREE, cosigner, uint64(time), log, uint64(0), uint64(size), root]);
}

/** Whether this key made this cosignature over the text of a checkpoint. */
export function verifyCosignature(key: Vkey, { time, signature }: Cosignature, textBytes: Uint8Array): boolean {
  const message = cosignatureMessage(time, textBytes, key);
  if (message === undefined) return false;
  return key.type === 6 ? verifyMlDsa44(key.publicKey, message, signature) : verifyEd25519(key.publicKey, message, signature);
}

/** Reads the payload after the key id: eight bytes of time, then the signature of a key of this type. Times above 2^53-1 are not read. */
export function parseCosignature(payload: Uint8Array, type: KeyType): Cosignature | undefined {
  if (payload.length !== TIME_BYTES + (type === 6 ? ML_DSA_44_SIGNATURE_BYTES : ED25519_SIGNATURE_BYTES)) return undefined;
  const time = Number(Buffer.from(payload).readBigUInt64BE());
  return Number.isSafeInteger(time) ? { time, signature: payload.subarray(TIME_BYTES) } : undefined;
}

/** The payload after the key id. */
export function formatCosignature({ time, signature }: Cosignature): Uint8Array {
  return Buffer.concat([uint64(time), signature]);
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** TLS presentation, `opaque<1..2^8-1>`: the length in one byte. */
function opaque(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text);
  return bytes.length === 0 || bytes.length > 255 ? undefined : Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}
