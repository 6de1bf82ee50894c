// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { accept, type Outcome, refuse } from "./refusal.ts";
import { decodeUtf8 } from "./utf8.ts";

/** One signature line of a note: who says they signed, by name and key id, and what they wrote after the key id. */
export interface NoteSignature {
  readonly name: string;
  /** Big-endian, 32 bits. A hint for choosing a key, never a reason to trust one. */
  readonly keyId: number;
  /** The bytes after the key id: 64 of Ed25519, or the 72 of a cosignature. */
  readonly payload: Uint8Array;
}

/** A parsed note. Nothing in it is verified. */
export interface Note {
  /** The signed text, with its final newline. */
  readonly text: string;
  /** The same text as the bytes that arrived: signatures are checked over these, never over a re-encoding. */
  readonly textBytes: Uint8Array;
  readonly signatures: readonly NoteSignature[];
}

/** A note is refused above this size. */
export const MAX_NOTE_BYTES = 1_000_000;
/** The specification asks for 16 at least. */
export const MAX_SIGNATURES = 100;

const NEWLINE = 0x0a;
const SEPARATOR = "\n\n";
const SIGNATURE_LINE = /^\u2014 ([^ ]+) ([^ ]+)$/;

/** Key names are not empty and have no Unicode space and no `+` in them. */
export function isKeyName(name: string): boolean {
  return name !== "" && !/[\s\u0085+]/u.test(name);
}

/** Reads a signed note (c2sp.org/signed-note) and accepts only what `formatNote` prints. */
export function parseNote(bytes: Uint8Array): Outcome<Note> {
  if (bytes.length > MAX_NOTE_BYTES) return malformed(`at most ${MAX_NOTE_BYTES} bytes`, `${bytes.length} bytes`);
  if (bytes.some((byte) => byte < 0x20 && byte !== NEWLINE)) return malformed("no control characters but newline", "a control character");
  const whole = decodeUtf8(bytes);
  if (whole === undefined) return malformed("UTF-8", "other bytes");

  const split = whole.lastIndexOf(SEPARATOR); // the text itself may have blank lines
  if (split === -1) return malformed("text, an empty line, signatures", "no empty line");
  const block = whole.slice(split + SEPARATOR.length);
  if (!block.endsWith("\n")) return malformed("signature lines that end in a newline", block === "" ? "no signature" : "an open last line");
  const lines = block.slice(0, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) return malformed(`at most ${MAX_SIGNATURES} signatures`, `${lines.length}`);

  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return malformed("— name base64(key id, signature)", line.slice(0, 80));
    signatures.push(signature);
  }
  const text = whole.slice(0, split + 1);
  return accept({ text, textBytes: bytes.subarray(0, Buffer.byteLength(text)), signatures });
}

/** Prints a note: the text, which ends in a newline, then a line for each signature. */
export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  return `${text}\n${signatures.map(formatSignature).join("")}`;
}

/** One signature line, with its newline: what a witness answers, and what is appended to a note to add a signature. */
export function formatSignature({ name, keyId, payload }: NoteSignature): string {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(keyId);
  return `\u2014 ${name} ${encodeBase64(Buffer.concat([prefix, payload]))}\n`;
}

/** Reads one signature line without its newline. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name, blob] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(blob ?? "");
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: Buffer.from(bytes).readUInt32BE(), payload: bytes.subarray(4) };
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("note-malformed", expected, found, "fetch the note again, from its log or another mirror");
}
