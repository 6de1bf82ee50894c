// SPDX-License-Identifier: Apache-2.0
import { decodeUtf8 } from "@countersign/tlog/utf8";
import { keyIdOf, type Vkey } from "@countersign/tlog/vkey";
import { type ClaimedCheckpoint, claimedCheckpoint, type LedgerTrust } from "../ledger/checkpoint.ts";
import type { Policy } from "../policy/policy.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";

/**
 * `readthrough/<monitor>`: a witnessed checkpoint with one cosignature more, the monitor's own. By it the monitor says that it fetched every entry
 * below that size with all that the entry names, verified it anew, analysed it, and found nothing for which the release should wait.
 */
export interface ReadThrough {
  readonly monitor: string;
  readonly checkpoint: ClaimedCheckpoint;
}

/** The longest note of this kind: a checkpoint with the signatures of a log, a monitor, and 18 witnesses with ML-DSA keys; 32 others are far below. */
export const readThroughBytes: number = 64 * 1024;

export function readThroughPath(monitor: string): string {
  return `readthrough/${monitor}`;
}

/** Reads a read-through as it was served. Nothing is verified: that is for `readThroughChecks`. */
export function readReadThrough(monitor: string, bytes: Uint8Array, ledger: LedgerTrust): Outcome<ReadThrough> {
  const text = decodeUtf8(bytes);
  if (text === undefined)
    return refuse("note-malformed", "UTF-8", "other bytes", "Wait for the monitor's next one, or use another mirror.");
  const checkpoint = claimedCheckpoint(text, ledger);
  return checkpoint.ok ? accept({ monitor, checkpoint: checkpoint.value }) : checkpoint;
}

/** The key under which a monitor cosigns: the ed25519 key of its holder, under the monitor's name, as C2SP writes a witness's. */
export function monitorKey({ monitors, holders }: Policy, monitor: string): Vkey | undefined {
  const key = holders[monitors[monitor] ?? ""]?.key;
  if (key?.keytype !== "ed25519") return undefined;
  const publicKey = Buffer.from(key.keyval.public, "hex");
  return { name: monitor, type: 4, publicKey, keyId: keyIdOf(monitor, 4, publicKey) };
}
