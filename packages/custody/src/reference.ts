// SPDX-License-Identifier: Apache-2.0
import { createPublicKey } from "node:crypto";
import { readPublic } from "./encrypted-file.ts";
import { type CustodyKey, type PublicHalf, publicHalf } from "./key.ts";
import { accept, type Outcome, refuse } from "./outcome.ts";
import { type KeyPlace, parsePlace } from "./place.ts";
import { createPrivate, readPrivate } from "./private-file.ts";

const FORMAT = "countersign-key-reference-v1";

/**
 * A key that lives elsewhere, as a file: its place and its public half. So that whoever names a key names a file, whatever its custody,
 * and its record stands beside it all the same. There is no secret in it.
 */
interface Reference {
  readonly format: typeof FORMAT;
  readonly place: KeyPlace;
  readonly custody: string;
  /** SubjectPublicKeyInfo, DER in base64. */
  readonly public: string;
}

/** Writes a reference to a key that is open; false where the name is taken. */
export function writeReference(file: string, place: KeyPlace, key: CustodyKey): Promise<boolean> {
  const spki = key.publicKey.export({ format: "der", type: "spki" }).toString("base64");
  const reference: Reference = { format: FORMAT, place, custody: key.custody, public: spki };
  return createPrivate(file, `${JSON.stringify(reference, null, 2)}\n`);
}

/** A file that stands for a key: the place that opens it, and its public half. */
export interface NamedKey {
  readonly place: KeyPlace;
  readonly half: PublicHalf;
}

/**
 * Reads a file that `key create` made, of either kind, without opening the key. An encrypted file needs the file with its passphrase named;
 * a reference has all it needs, and is refused where one is named all the same.
 */
export async function readNamedKey(file: string, passphraseFile: string | undefined): Promise<Outcome<NamedKey>> {
  const reference = await readReference(file);
  if (!reference.ok) return reference;
  if (reference.value !== undefined) {
    if (passphraseFile === undefined) return accept(reference.value);
    return refuse("passphrase-not-wanted", "no passphrase: the PIN or token is where its place says", passphraseFile, "Leave it out.");
  }
  const half = await readPublic(file);
  if (!half.ok) return half;
  if (passphraseFile === undefined)
    return refuse("passphrase-missing", "the file with its passphrase", "none", "Name it with --passphrase-file.");
  return accept({ place: { custody: "encrypted-file", keyFile: file, passphraseFile }, half: half.value });
}

/** The public half of a key in a file of either kind. It is read, not verified: only opening it proves that it belongs to the private half. */
export async function readHalf(file: string): Promise<Outcome<PublicHalf>> {
  const reference = await readReference(file);
  if (!reference.ok) return reference;
  return reference.value === undefined ? readPublic(file) : accept(reference.value.half);
}

/** A reference, read without opening the key; undefined for a file that is something else, such as an encrypted key. */
export async function readReference(file: string): Promise<Outcome<NamedKey | undefined>> {
  const text = await readPrivate(file);
  return text.ok ? parseReference(text.value, file) : text;
}

/** The same, of a file that was read. */
export function parseReference(text: string, file: string): Outcome<NamedKey | undefined> {
  const read = jsonIn(text);
  if (read?.format !== FORMAT) return accept(undefined);
  const damaged = (found: string): Outcome<never> =>
    refuse("reference-damaged", `a ${FORMAT} file`, `${file}: ${found}`, "Restore it from its backup.");
  try {
    const place = parsePlace(read.place);
    if (!place.ok) return damaged(place.refusal.found);
    const publicKey = createPublicKey({ key: Buffer.from(String(read.public), "base64"), format: "der", type: "spki" });
    return accept({ place: place.value, half: publicHalf(publicKey, String(read.custody)) });
  } catch (cause) {
    return damaged(cause instanceof Error ? cause.message : String(cause));
  }
}

function jsonIn(text: string): Partial<Reference> | undefined {
  try {
    return JSON.parse(text) as Partial<Reference>;
  } catch {
    return undefined; // no reference; whoever reads key files says what it is
  }
}
