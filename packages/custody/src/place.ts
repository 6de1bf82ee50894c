// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import type { Algorithm } from "./algorithm.ts";
import { createEncryptedFile, type EncryptedFilePlace, encryptedFileFields, openEncryptedFile } from "./encrypted-file.ts";
import type { CustodyKey } from "./key.ts";
import { accept, KeyRefused, type Outcome, refuse } from "./outcome.ts";
import { createPkcs11, openPkcs11, type Pkcs11Place, pkcs11Fields } from "./pkcs11/pkcs11.ts";
import { counted } from "./record/counted.ts";
import { RecordFile } from "./record/record-file.ts";
import { type AwsKmsPlace, awsKmsFields, awsKmsOptionalFields, createAwsKms, openAwsKms } from "./remote/aws-kms.ts";
import { createTransit, openTransit, type TransitPlace, transitFields } from "./remote/transit.ts";

/** Where a private half lives, and what it takes to use it there: what a process is told instead of a key. */
export type KeyPlace = (EncryptedFilePlace | Pkcs11Place | AwsKmsPlace | TransitPlace) & {
  /** The file with the key's record; for an encrypted file, the one beside it unless told, if there is one. */
  readonly record?: string;
};

/** The adapters, in one table: the members of a place of each kind, and who opens it. */
const adapters: { readonly [C in KeyPlace["custody"]]: Adapter<Extract<KeyPlace, { custody: C }>> } = {
  "encrypted-file": { fields: encryptedFileFields, open: openEncryptedFile, create: createEncryptedFile },
  pkcs11: { fields: pkcs11Fields, open: openPkcs11, create: createPkcs11 },
  "aws-kms": { fields: awsKmsFields, optional: awsKmsOptionalFields, open: openAwsKms, create: createAwsKms },
  transit: { fields: transitFields, open: openTransit, create: createTransit },
};

interface Adapter<P extends KeyPlace> {
  /** Every member beside `custody` and `record`; each is a text. */
  readonly fields: readonly string[];
  readonly optional?: readonly string[];
  open(place: P): Promise<Outcome<CustodyKey>>;
  create(place: P, algorithm: Algorithm): Promise<Outcome<CustodyKey>>;
}

/** The kinds of places. */
export const custodies: readonly string[] = Object.keys(adapters);

/** The members of a place of this kind: those that it must have, and those that it may. */
export function placeFields(custody: KeyPlace["custody"]): { readonly required: readonly string[]; readonly optional: readonly string[] } {
  const { fields, optional = [] }: Adapter<KeyPlace> = adapters[custody];
  return { required: fields, optional };
}

/** Makes a key where it is to live. Refuses a place that is taken, and an algorithm that it does not have. */
export function createKeyAt(place: KeyPlace, algorithm: Algorithm): Promise<Outcome<CustodyKey>> {
  const adapter: Adapter<KeyPlace> = adapters[place.custody];
  return adapter.create(place, algorithm);
}

/**
 * Opens a key where it lives, for a process that cannot start without it; where it has a record, every signature counts there first.
 * Throws `KeyRefused` for all that its adapter refuses, and for a key whose record is missing, not its own, expired or spent.
 */
export async function openKey(place: KeyPlace, now: () => number = Date.now): Promise<CustodyKey> {
  const adapter: Adapter<KeyPlace> = adapters[place.custody]; // the row of its kind takes it
  const key = await adapter.open(place);
  if (!key.ok) throw new KeyRefused(key.refusal);
  const path = recordOf(place);
  if (path === undefined) return key.value;
  const file = RecordFile.open(path);
  const usable = file.ok ? counted(key.value, file.value, now) : file;
  if (!usable.ok) throw new KeyRefused(usable.refusal);
  return usable.value;
}

/** Where the record of a key is kept that was made as this file. */
export function recordPath(keyFile: string): string {
  return `${keyFile}.record`;
}

function recordOf(place: KeyPlace): string | undefined {
  if (place.record !== undefined || place.custody !== "encrypted-file") return place.record;
  const beside = recordPath(place.keyFile);
  return existsSync(beside) ? beside : undefined;
}

/** Reads a place from a configuration; a member that is missing, empty or unknown is refused. */
export function parsePlace(json: unknown): Outcome<KeyPlace> {
  if (typeof json !== "object" || json === null) return malformed("an object with custody", JSON.stringify(json) ?? "nothing");
  const { custody, ...given } = json as Record<string, unknown>;
  if (typeof custody !== "string" || !custodies.includes(custody))
    return malformed(`custody: ${custodies.join(" or ")}`, JSON.stringify(custody) ?? "nothing");
  const { required, optional } = placeFields(custody as KeyPlace["custody"]);
  const known = [...required, ...optional, "record"];
  const unknown = Object.keys(given).find((member) => !known.includes(member));
  if (unknown !== undefined) return malformed(`only ${known.join(", ")}`, unknown);
  const wanted = known.filter((member) => required.includes(member) || given[member] !== undefined);
  const missing = wanted.find((member) => typeof given[member] !== "string" || given[member] === "");
  if (missing !== undefined) return malformed(`${missing}: a text`, JSON.stringify(given[missing]) ?? "nothing");
  return accept(json as KeyPlace); // its members are exactly those of its kind
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("key-place-malformed", expected, found, "Correct the place of the key; packages/custody/README.md lists the members.");
}
