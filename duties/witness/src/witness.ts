// SPDX-License-Identifier: Apache-2.0
import { parseAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { type Checkpoint, parseCheckpoint } from "@countersign/tlog/checkpoint";
import { EMPTY_ROOT, equalBytes } from "@countersign/tlog/hash";
import { verifyConsistency } from "@countersign/tlog/merkle";
import { formatNote, formatSignature, parseNote } from "@countersign/tlog/note";
import { verifyCheckpoint } from "@countersign/tlog/quorum";
import { type Refusal, refuse } from "@countersign/tlog/refusal";
import { cosign, type NoteSigner } from "@countersign/tlog/signer";
import type { Vkey } from "@countersign/tlog/vkey";
import type { Seen, WitnessStore } from "./store.ts";

/** The answer to add-checkpoint, by the status codes of c2sp.org/tlog-witness. */
export type Answer =
  | { readonly status: 200; readonly cosignature: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly refusal: Refusal };

/** What a witness decides with. */
export interface Witness {
  readonly store: WitnessStore;
  readonly logs: readonly Vkey[];
  readonly signer: NoteSigner;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Cosigns a checkpoint if its log signed it and it extends what this witness has cosigned before, and remembers it first.
 *
 * The same size and root again is welcome: the new time on it is what keeps a quiet log fresh.
 */
export async function addCheckpoint(body: Uint8Array, { store, logs, signer, now }: Witness): Promise<Answer> {
  const request = parseAddCheckpoint(body);
  if (!request.ok) return { status: 400, refusal: request.refusal };
  const note = parseNote(request.value.note);
  if (!note.ok) return { status: 400, refusal: note.refusal };
  const named = parseCheckpoint(note.value.text);
  if (!named.ok) return { status: 400, refusal: named.refusal };

  const { origin } = named.value;
  const log = logs.find(({ name }) => name === origin);
  if (log === undefined) return declined(404, "origin-unknown", "a log of this witness", origin, "ask the witness to take the log on");
  const signed = verifyCheckpoint(request.value.note, origin, log);
  if (!signed.ok) return { status: 403, refusal: signed.refusal };

  const { old, proof } = request.value;
  const { checkpoint } = signed.value;
  if (old > checkpoint.size)
    return declined(400, "old-size", `at most ${checkpoint.size}`, `${old}`, "send the size that the witness last cosigned");
  const seen = store.latest(origin);
  if (old !== (seen?.size ?? 0)) return { status: 409, size: seen?.size ?? 0 };
  if (!extendsSeen(checkpoint, seen, proof)) {
    const remedy = "keep both checkpoints: if the log made both, it has forked";
    return declined(422, "inconsistent", `a tree that extends the one of size ${old}`, "a proof that does not show it", remedy);
  }

  const { text, textBytes, signatures } = signed.value.note;
  const own = signatures.filter(({ name, keyId }) => name === log.name && keyId === log.keyId); // the others are not verified
  const cosignature = await cosign(textBytes, now(), signer);
  const next = { size: checkpoint.size, root: checkpoint.root, note: formatNote(text, [...own, cosignature]) };
  if (!store.advance(origin, seen, next)) return { status: 409, size: store.latest(origin)?.size ?? 0 };
  return { status: 200, cosignature: formatSignature(cosignature) };
}

function extendsSeen({ size, root }: Checkpoint, seen: Seen | undefined, proof: readonly Uint8Array[]): boolean {
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return false;
  if (seen === undefined || seen.size === 0) return proof.length === 0;
  return verifyConsistency(seen.size, size, seen.root, root, proof);
}

function declined(status: 400 | 404 | 422, code: string, expected: string, found: string, remedy: string): Answer {
  return { status, refusal: refuse(code, expected, found, remedy).refusal };
}
