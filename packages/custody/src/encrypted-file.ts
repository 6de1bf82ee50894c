// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { type Algorithm, generate } from "./algorithm.ts";
import { type CustodyKey, type PublicHalf, publicHalf, softwareKey } from "./key.ts";
import { CUSTODY, type Passphrase, publicHalfOf, sealKey, unsealKey } from "./key-file.ts";
import { accept, KeyRefused, type Outcome, refuse } from "./outcome.ts";
import { createPrivate, readPrivate } from "./private-file.ts";

/** The file cannot limit how often a passphrase is guessed, so a very short one is not taken. */
const MIN_PASSPHRASE = 8;

/**
 * Makes a key and keeps it in `keyFile` (mode 0600), sealed with `passphrase`.
 *
 * Throws `KeyRefused` for a passphrase under 8 characters, and where `keyFile` exists: a key is never overwritten.
 */
export async function createKey(keyFile: string, passphrase: string, algorithm: Algorithm): Promise<CustodyKey> {
  if (passphrase.length < MIN_PASSPHRASE) {
    throw refused(
      "passphrase-too-short",
      `at least ${MIN_PASSPHRASE} characters`,
      `${passphrase.length}`,
      "Choose a longer one, best a random one.",
    );
  }
  return create(keyFile, { chosen: passphrase }, algorithm);
}

/**
 * Makes a key for a process that opens it with nobody there, and a passphrase of 192 random bits for it in the file beside it (both mode 0600).
 *
 * Throws `KeyRefused` where one of the files exists.
 */
export async function createUnattendedKey({ keyFile, passphraseFile }: EncryptedFilePlace, algorithm: Algorithm): Promise<CustodyKey> {
  const passphrase = randomBytes(24).toString("base64url");
  if (!(await createPrivate(passphraseFile, passphrase))) throw exists(passphraseFile);
  return create(keyFile, { random: passphrase }, algorithm);
}

async function create(keyFile: string, passphrase: Passphrase, algorithm: Algorithm): Promise<CustodyKey> {
  const { publicKey, privateKey } = generate(algorithm);
  if (!(await createPrivate(keyFile, await sealKey(privateKey, passphrase)))) throw exists(keyFile);
  return softwareKey(publicHalf(publicKey, CUSTODY), privateKey);
}

function exists(file: string): KeyRefused {
  return refused("key-exists", "a new file name", file, "Choose another name; a key is never overwritten.");
}

/** A key file, and the file with the passphrase that opens it. */
export interface EncryptedFilePlace {
  readonly custody: "encrypted-file";
  readonly keyFile: string;
  readonly passphraseFile: string;
}

export const encryptedFileFields = ["keyFile", "passphraseFile"] as const;

/**
 * Opens a key for a process: the passphrase is the text of `passphraseFile` up to its line break, and reaches no
 * argument list and no environment. Both files must be their owner's alone. Refuses all that `unlockKey` refuses.
 */
export async function openEncryptedFile({ keyFile, passphraseFile }: EncryptedFilePlace): Promise<Outcome<CustodyKey>> {
  const passphrase = await readPrivate(passphraseFile);
  return passphrase.ok ? unlockKey(keyFile, passphrase.value.replace(/\r?\n$/, "")) : passphrase;
}

/** Makes a key in its file, with the passphrase of the other one. Refuses what `createKey` throws, and a passphrase file that is not its owner's alone. */
export async function createEncryptedFile(
  { keyFile, passphraseFile }: EncryptedFilePlace,
  algorithm: Algorithm,
): Promise<Outcome<CustodyKey>> {
  const passphrase = await readPrivate(passphraseFile);
  if (!passphrase.ok) return passphrase;
  try {
    return accept(await createKey(keyFile, passphrase.value.replace(/\r?\n$/, ""), algorithm));
  } catch (error) {
    if (error instanceof KeyRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/**
 * Opens a key with a passphrase in hand.
 *
 * Refuses a wrong passphrase, a file in which any byte was changed, a missing one, and one that group or others may read.
 */
export async function unlockKey(keyFile: string, passphrase: string): Promise<Outcome<CustodyKey>> {
  const text = await readPrivate(keyFile);
  if (!text.ok) return text;
  const unsealed = await unsealKey(text.value, passphrase);
  return unsealed.ok ? accept(softwareKey(unsealed.value.half, unsealed.value.privateKey)) : unsealed;
}

/** The public half of a key file, without its passphrase. It is read, not verified: only `unlockKey` proves that it belongs to the private half. */
export async function readPublic(keyFile: string): Promise<Outcome<PublicHalf>> {
  const text = await readPrivate(keyFile);
  return text.ok ? publicHalfOf(text.value) : text;
}

function refused(...refusal: Parameters<typeof refuse>): KeyRefused {
  return new KeyRefused(refuse(...refusal).refusal);
}
