// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { parseDecimal } from "./decimal.ts";
import { HASH_BYTES } from "./hash.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";

/** What a log asks of a witness (c2sp.org/tlog-witness): to move from the size it knows to this checkpoint, by this proof. */
export interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  /** The checkpoint, as a signed note. Not parsed and not verified. */
  readonly note: Uint8Array;
}

/** Enough for a full proof and a note with sixteen post-quantum signatures. */
export const MAX_ADD_CHECKPOINT_BYTES = 131_072;
const MAX_PROOF_HASHES = 63;

/** Reads a request body; the note in it stays bytes. */
export function parseAddCheckpoint(body: Uint8Array): Outcome<AddCheckpoint> {
  if (body.length > MAX_ADD_CHECKPOINT_BYTES) return malformed(`at most ${MAX_ADD_CHECKPOINT_BYTES} bytes`, `${body.length} bytes`);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const split = bytes.indexOf("\n\n");
  if (split === -1) return malformed("old, proof, an empty line, a checkpoint", "no empty line");

  const [first = "", ...lines] = bytes.toString("latin1", 0, split).split("\n");
  const old = first.startsWith("old ") ? parseDecimal(first.slice(4)) : undefined;
  if (old === undefined) return malformed("old <size>", first.slice(0, 80));
  if (lines.length > MAX_PROOF_HASHES) return malformed(`at most ${MAX_PROOF_HASHES} hashes`, `${lines.length}`);
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== HASH_BYTES) return malformed("a hash in base64", line.slice(0, 80));
    proof.push(hash);
  }
  return accept({ old, proof, note: body.subarray(split + 2) });
}

/** Prints a request body. */
export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): Uint8Array {
  const head = [`old ${old}`, ...proof.map(encodeBase64), "", ""].join("\n");
  return Buffer.concat([Buffer.from(head), note]);
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("add-checkpoint-malformed", expected, found, "send a body as c2sp.org/tlog-witness describes it");
}
