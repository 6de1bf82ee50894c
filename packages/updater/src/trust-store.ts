// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@countersign/trust/anchor/root";
import { readEnvelope } from "@countersign/trust/envelope";
import type { Outcome } from "@countersign/trust/refusal";
import { DocumentStore } from "./document-store.ts";
import { refuseIoFailure } from "./io-failure.ts";
import { type Memory, newborn } from "./memory.ts";
import { readMemory, writeMemory } from "./sealed-memory.ts";
import { recordIn } from "./slots.ts";
import { type Damage, type Documents, readDocuments, writeDocuments } from "./stored-documents.ts";

export interface TrustStore {
  readonly documents: Documents;
  readonly memory: Memory;
  /**
   * What was damaged and is rebuilt: from the embedded root, and from the floors in the slots' records. Empty on a good day. Each names the file, whether it was
   * `corrupted` (no document at all) or `tampered` (a document that nobody signed who may), and what was found.
   */
  readonly healed: readonly string[];
}

/**
 * Opens the trust store of a device and verifies all that is in it again. Damage never stops a device: it is forgotten, said, and fetched again. What the
 * system fails to read is refused instead (`io-failed`, `disk-full`), and nothing is forgotten for it.
 */
export async function openTrustStore(directory: string): Promise<Outcome<TrustStore>> {
  try {
    const anchor = readEnvelope(root, await readFile(join(directory, "anchor.root.json")), "anchor.root.json");
    if (!anchor.ok) return anchor;
    const store = await openStore(directory);
    const healed: string[] = [];
    const damage: Damage = (file, code, found) => healed.push(`${file}: ${code}: ${found}`);
    const documents = await readDocuments(store, anchor.value, damage);
    const memory = (await readMemory(store, damage)) ?? (await floorsOfSlots(directory));
    return { ok: true, value: { documents, memory, healed } };
  } catch (error) {
    return refuseIoFailure(error, directory);
  }
}

/** Writes the documents, then the memory: after a crash between the two the documents are newer, which loses nothing. */
export async function saveTrustStore(directory: string, documents: Partial<Documents>, memory: Memory): Promise<void> {
  const store = await openStore(directory);
  await writeDocuments(store, documents);
  await writeMemory(store, memory);
}

/** Forgets what keys signed that a new root took away (TUF 5.3.11: recovery from a fast-forward). */
export async function forgetOnlineDocuments(directory: string): Promise<void> {
  const store = await openStore(directory);
  for (const role of ["timestamp", "snapshot"]) await store.forget(`${role}.json`);
}

function openStore(directory: string): Promise<DocumentStore> {
  return DocumentStore.open(join(directory, "trust"));
}

async function floorsOfSlots(directory: string): Promise<Memory> {
  const slots = [await recordIn(directory, "a"), await recordIn(directory, "b")];
  const records = slots.flatMap((slot) => (slot.ok && slot.value !== undefined ? [slot.value] : []));
  return {
    ...newborn,
    epochFloor: Math.max(0, ...records.map((record) => record.epoch)),
    sequenceFloor: Math.max(0, ...records.map((record) => record.sequence)),
  };
}
