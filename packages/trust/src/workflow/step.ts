// SPDX-License-Identifier: Apache-2.0
import { decodeUtf8 } from "@countersign/tlog/utf8";
import type { Decoder } from "../decode.ts";
import { type Envelope, readEnvelope } from "../envelope.ts";
import { defaultLimits } from "../limits.ts";
import { accept, type Outcome, refuse } from "../refusal.ts";

export { type Step, stopped } from "../check.ts";

/** How a step reads a file of the repository: at most `maxBytes` of it, undefined where there is none. The caller does the I/O. */
export type Read = (path: string, maxBytes: number) => Promise<Outcome<Uint8Array | undefined>>;

/** Reads one file that must exist. */
export async function readFile(read: Read, path: string, maxBytes: number = defaultLimits.documentBytes): Promise<Outcome<Uint8Array>> {
  const bytes = await read(path, maxBytes);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined)
    return refuse("missing-file", path, "no such file", "The repository is incomplete; use another mirror or wait for the publisher.");
  return { ok: true, value: bytes.value };
}

/** Reads one signed document that must exist; nothing of it is verified. */
export async function readSigned<T>(read: Read, path: string, decoder: Decoder<T>): Promise<Outcome<Envelope<T>>> {
  const bytes = await readFile(read, path);
  return bytes.ok ? readEnvelope(decoder, bytes.value, path) : bytes;
}

/** Where the `.tlog-proof` of a logged file is. */
export function proofPath(digest: string): string {
  return `proofs/${digest}.tlog-proof`;
}

/** Reads a proof file, as text and nothing else; it is not verified. */
export async function readProof(read: Read, digest: string): Promise<Outcome<string>> {
  const bytes = await readFile(read, proofPath(digest));
  if (!bytes.ok) return bytes;
  const text = decodeUtf8(bytes.value);
  return text === undefined ? refuse("proof-malformed", "UTF-8", "other bytes", "Ask the ledger for the proof again.") : accept(text);
}
