// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import { decode } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { parseJson } from "@countersign/trust/json";
import type { DocumentStore } from "./document-store.ts";
import { type Memory, memory } from "./memory.ts";
import type { Damage } from "./stored-documents.ts";

const file = "memory.json";

/** A device's memory grows with what it was told, so it may be larger than a document. */
const limits = { documentBytes: 128 * 1024 * 1024, jsonDepth: 8 };

/**
 * Reads what a device never forgets. Nobody signs it, so it carries its own digest: a flipped bit must not lower a floor. That is no defence against
 * somebody who may write here, and needs none: nobody else than the updater may. A memory without a digest is one of before.
 */
export async function readMemory(store: DocumentStore, damage: Damage): Promise<Memory | undefined> {
  const bytes = await store.read(file, limits.documentBytes);
  if (bytes === undefined) return undefined;
  const json = parseJson(bytes, limits);
  const sealed = json.ok && typeof json.value === "object" && json.value !== null ? { ...json.value } : {};
  const { sha256: digest, ...fields } = sealed as Readonly<Record<string, unknown>>;
  const read = json.ok ? decode(memory, fields, file) : json;
  if (!read.ok) damage(file, "corrupted", read.refusal.found);
  else if (digest === undefined || digest === sha256(canonicalBytes(fields))) return read.value;
  else damage(file, "tampered", "another memory than the one that its digest is of");
  return undefined;
}

/** Writes it. One that could not be read again is an error, and the one before stays: a device that forgets its floors is worse off than one that stands. */
export async function writeMemory(store: DocumentStore, remembered: Memory, maxBytes: number = limits.documentBytes): Promise<void> {
  const bytes = servedBytes({ ...remembered, sha256: sha256(canonicalBytes(remembered)) });
  if (bytes.length > maxBytes) throw new RangeError(`a memory of ${bytes.length} bytes, where ${maxBytes} can be read again`);
  await store.keep(file, bytes);
}
