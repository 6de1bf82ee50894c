// SPDX-License-Identifier: Apache-2.0
import { type EncryptedFilePlace, encryptedFileFields, openEncryptedFile } from "./encrypted-file.ts";
import type { CustodyKey } from "./key.ts";
import { accept, KeyRefused, type Outcome, refuse } from "./outcome.ts";
import { openPkcs11, type Pkcs11Place, pkcs11Fields } from "./pkcs11/pkcs11.ts";

/** Where a private half lives, and what it takes to use it there: what a process is told instead of a key. */
export type KeyPlace = EncryptedFilePlace | Pkcs11Place;

/** The adapters, in one table: the members of a place of each kind, and who opens it. */
const adapters: { readonly [C in KeyPlace["custody"]]: Adapter<Extract<KeyPlace, { custody: C }>> } = {
  "encrypted-file": { fields: encryptedFileFields, open: openEncryptedFile },
  pkcs11: { fields: pkcs11Fields, open: openPkcs11 },
};

interface Adapter<P extends KeyPlace> {
  /** Every member beside `custody`; each is a text. */
  readonly fields: readonly string[];
  open(place: P): Promise<Outcome<CustodyKey>>;
}

/** Opens a key where it lives, for a process that cannot start without it. Throws `KeyRefused` for all that its adapter refuses. */
export async function openKey(place: KeyPlace): Promise<CustodyKey> {
  const adapter: Adapter<KeyPlace> = adapters[place.custody]; // the row of its kind takes it
  const key = await adapter.open(place);
  if (!key.ok) throw new KeyRefused(key.refusal);
  return key.value;
}

/** Reads a place from a configuration; a member that is missing, empty or unknown is refused. */
export function parsePlace(json: unknown): Outcome<KeyPlace> {
  if (typeof json !== "object" || json === null) return malformed("an object with custody", JSON.stringify(json) ?? "nothing");
  const { custody, ...given } = json as Record<string, unknown>;
  const kinds = Object.keys(adapters);
  if (typeof custody !== "string" || !kinds.includes(custody)) return malformed(`custody: ${kinds.join(" or ")}`, JSON.stringify(custody));
  const { fields } = adapters[custody as KeyPlace["custody"]];
  const unknown = Object.keys(given).find((member) => !fields.includes(member));
  if (unknown !== undefined) return malformed(`only ${fields.join(", ")}`, unknown);
  const missing = fields.find((field) => typeof given[field] !== "string" || given[field] === "");
  if (missing !== undefined) return malformed(`${missing}: a text`, JSON.stringify(given[missing]) ?? "nothing");
  return accept(json as KeyPlace); // its members are exactly those of its kind
}

function malformed(expected: string, found: string): Outcome<never> {
  return refuse("key-place-malformed", expected, found, "Correct the place of the key; packages/custody/README.md lists the members.");
}
