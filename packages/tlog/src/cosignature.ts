// SPDX-License-Identifier: Apache-2.0

/** A witness's word that, at that time, this was the largest consistent tree it had seen of this origin. Not a check of content. */
export interface Cosignature {
  /** Unix seconds. 0 claims no time and counts for no freshness. */
  readonly time: number;
  /** 64 bytes of Ed25519 over `cosignatureMessage`. */
  readonly signature: Uint8Array;
}

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/**
 * What a witness signs (c2sp.org/tlog-cosignature, `cosignature/v1`): the time and the whole text of the note, to its final
 * newline. The witness's name is not in it, so a key serves one witness only.
 */
export function cosignatureMessage(time: number, textBytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`cosignature/v1\ntime ${time}\n`), textBytes]);
}

/** Reads the payload after the key id: eight bytes of time, then the signature. Times above 2^53-1 are not read. */
export function parseCosignature(payload: Uint8Array): Cosignature | undefined {
  if (payload.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const time = Number(Buffer.from(payload).readBigUInt64BE());
  return Number.isSafeInteger(time) ? { time, signature: payload.subarray(TIME_BYTES) } : undefined;
}

/** The payload after the key id; with the key id before it, the 76 bytes that stand on a signature line. */
export function formatCosignature({ time, signature }: Cosignature): Uint8Array {
  const seconds = Buffer.alloc(TIME_BYTES);
  seconds.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([seconds, signature]);
}
