// SPDX-License-Identifier: Apache-2.0
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { parseCosignature, verifyCosignature } from "./cosignature.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { equalBytes } from "./hash.ts";
import { type Note, type NoteSignature, parseNote } from "./note.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";
import { isCosigner, type Vkey } from "./vkey.ts";

/** Whom to believe about one log: its origin and key, and how many of which witnesses. */
export interface LogTrust {
  readonly origin: string;
  readonly log: Vkey;
  readonly witnesses: readonly Vkey[];
  /** At least 1. Witnesses are counted by public key, under whatever names they come. */
  readonly quorum: number;
  /** Logs that were followed before this one, each under an origin of its own. What was in them is believed still; no checkpoint of theirs is the newest. */
  readonly former?: readonly FormerLog[];
}

/** A log that is over. */
export interface FormerLog extends Omit<LogTrust, "former"> {
  /** Its last tree. Nothing beyond it is believed, whoever signs it: a log key that is not used any more is one that nobody guards any more. */
  readonly final: Checkpoint;
}

/** The log whose checkpoint this says it is: a former one, or else the one that is followed. */
export function logOf(origin: string, trust: LogTrust): LogTrust | FormerLog {
  return trust.former?.find((log) => log.origin === origin) ?? trust;
}

/** A checkpoint that its log signed. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
}

/** A checkpoint that its log signed and a quorum of witnesses cosigned. */
export interface CosignedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The whole note, with every signature, as it arrived. */
  readonly note: string;
  /** Unix seconds: the newest time of each distinct witness, newest first. The k-th is the time that k witnesses vouch for. */
  readonly times: readonly number[];
}

/** Opens a note as a checkpoint of this origin that the log's key signed; cosignatures are not looked at. */
export function verifyCheckpoint(noteBytes: Uint8Array, origin: string, log: Vkey): Outcome<SignedCheckpoint> {
  const note = parseNote(noteBytes);
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  if (checkpoint.value.origin !== origin) {
    return refuse("checkpoint-origin", origin, checkpoint.value.origin, "use the checkpoint of the log that is trusted here");
  }
  if (log.type !== 1) return refuse("trust-malformed", "a log key of type 1", `type ${log.type}`, "correct the log's vkey");

  const own = signaturesBy(log, note.value);
  if (own.length === 0) return refuse("log-signature-missing", `a signature by ${log.name}`, "none", "ask the log for its checkpoint");
  const valid = own.every(({ payload }) => verifyEd25519(log.publicKey, note.value.textBytes, payload));
  return valid ? accept({ checkpoint: checkpoint.value, note: note.value }) : invalid(log);
}

/**
 * Opens a note as a checkpoint that the log signed and `quorum` distinct witnesses cosigned.
 *
 * One signature that claims a known name and key id and does not verify refuses the whole note; unknown ones are ignored.
 * Cosignatures with time 0 claim no freshness and do not count.
 */
export function verifyCosigned(noteBytes: Uint8Array, { origin, log, witnesses, quorum }: LogTrust): Outcome<CosignedCheckpoint> {
  if (!Number.isSafeInteger(quorum) || quorum < 1) {
    return refuse("trust-malformed", "a quorum of 1 or more", `${quorum}`, "set a quorum of witnesses: without one, a log can fork unseen");
  }
  const misfit = witnesses.find((witness) => !isCosigner(witness) || equalBytes(witness.publicKey, log.publicKey));
  if (misfit !== undefined) {
    return refuse("trust-malformed", "witness keys of type 4 or 6 that are not the log's", misfit.name, "correct the witness's vkey");
  }
  const signed = verifyCheckpoint(noteBytes, origin, log);
  if (!signed.ok) return signed;

  const { checkpoint, note } = signed.value;
  const newest = new Map<string, number>();
  for (const witness of witnesses) {
    for (const { payload } of signaturesBy(witness, note)) {
      const cosignature = parseCosignature(payload, witness.type);
      if (cosignature === undefined || !verifyCosignature(witness, cosignature, note.textBytes)) return invalid(witness);
      const key = witness.publicKey.join();
      if (cosignature.time > 0) newest.set(key, Math.max(cosignature.time, newest.get(key) ?? 0));
    }
  }
  const times = [...newest.values()].sort((a, b) => b - a);
  if (times.length < quorum) {
    return refuse(
      "witness-quorum-missing",
      `${quorum} witnesses`,
      `${times.length}`,
      "wait for more witnesses to cosign, then fetch again",
    );
  }
  return accept({ checkpoint, note: Buffer.from(noteBytes).toString(), times });
}

/** A signature of a note by nobody of a log: ignored where a checkpoint is verified; it may have been a witness's before a bit of it changed. */
export function strangeSignature({ signatures }: Note, { log, witnesses }: LogTrust): NoteSignature | undefined {
  return signatures.find(({ name, keyId }) => ![log, ...witnesses].some((key) => key.name === name && key.keyId === keyId));
}

function signaturesBy(key: Vkey, note: Note): readonly NoteSignature[] {
  return note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
}

function invalid(key: Vkey): Outcome<never> {
  return refuse("signature-invalid", `a valid signature by ${key.name}`, "one that does not verify", "discard the note: it was altered");
}
