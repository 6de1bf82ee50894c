// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import type { LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { type Contradiction, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { DocumentStore } from "./document-store.ts";
import { isErrno } from "./errno.ts";

/** How many of each kind a device keeps, the first ones: whoever shows it more must not push out what convicts them. */
const keptOfKind = 8;

/**
 * Keeps two checkpoints of the ledger that contradict each other, under what they show: `forked`, `rolled-back`, or `unproven`, where the files that would show it
 * were kept back. Nothing is decided by them here: they are for others to see.
 */
export async function keepEvidence(directory: string, found: Contradiction, ledger: LedgerTrust): Promise<void> {
  const verified = verifyContradiction(found, ledger);
  const kind = verified.ok ? verified.value.kind : "unproven";
  const store = await DocumentStore.open(place(directory));
  const kept = (await store.names()).filter((name) => name.startsWith(`${kind}.`));
  const bytes = servedBytes(found);
  if (kept.length < keptOfKind) await store.keep(`${kind}.${sha256(bytes)}.json`, bytes);
}

/** The files of evidence that a device keeps, by their names. */
export async function keptEvidence(directory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(place(directory));
    return names
      .filter((name) => name.endsWith(".json"))
      .toSorted()
      .map((name) => join(place(directory), name));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

function place(directory: string): string {
  return join(directory, "evidence");
}
