// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { servedBytes } from "@countersign/trust/canonical";
import { type Decoder, decode, decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { parseJson } from "@countersign/trust/json";
import { policy } from "@countersign/trust/policy/policy";
import type { Outcome } from "@countersign/trust/refusal";
import { type Root, root } from "@countersign/trust/tuf/root";
import { type Snapshot, snapshot } from "@countersign/trust/tuf/snapshot";
import { type Targets, targets } from "@countersign/trust/tuf/targets";
import { type Timestamp, timestamp } from "@countersign/trust/tuf/timestamp";
import type { PolicyFile } from "@countersign/trust/workflow/policy";
import { makeDirectory, removeTree, sweepTemporary, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";
import { type Memory, memory, newborn } from "./memory.ts";
import { recordIn } from "./slots.ts";

/** The documents that a device trusts, each as exactly the bytes that were served. */
export interface Documents {
  readonly root: Envelope<Root>;
  readonly timestamp: Envelope<Timestamp> | undefined;
  readonly snapshot: Envelope<Snapshot> | undefined;
  readonly targets: Envelope<Targets> | undefined;
  readonly channel: Envelope<Targets> | undefined;
  readonly policy: PolicyFile | undefined;
}

export interface TrustStore {
  readonly documents: Documents;
  readonly memory: Memory;
  /** What was damaged and is rebuilt: from the embedded root, and from the floors in the slots' records. Empty on a good day. */
  readonly healed: readonly string[];
}

/** Opens the trust store of a device. Damage never stops a device: what cannot be read is forgotten, said, and fetched again. */
export async function openTrustStore(directory: string): Promise<Outcome<TrustStore>> {
  const at = storeDirectory(directory);
  await makeDirectory(at);
  await sweepTemporary(at);
  const anchor = readEnvelope(root, await readFile(join(directory, "anchor.root.json")), "anchor.root.json");
  if (!anchor.ok) return anchor;
  const healed: string[] = [];
  const kept = async <T>(file: string, read: (bytes: Uint8Array) => Outcome<T>): Promise<T | undefined> => {
    const bytes = await readIfThere(join(at, file));
    if (bytes === undefined) return undefined;
    const document = read(bytes);
    if (!document.ok) healed.push(`${file}: ${document.refusal.found}`);
    return document.ok ? document.value : undefined;
  };
  const signed = <T>(role: string, decoder: Decoder<T>): Promise<Envelope<T> | undefined> =>
    kept(`${role}.json`, (bytes) => readEnvelope(decoder, bytes, role));
  const stored = await signed("root", root);
  const documents: Documents = {
    root: stored !== undefined && stored.signed.version > anchor.value.signed.version ? stored : anchor.value,
    timestamp: await signed("timestamp", timestamp),
    snapshot: await signed("snapshot", snapshot),
    targets: await signed("targets", targets),
    channel: await signed("channel", targets),
    policy: await kept("policy.json", (bytes) => {
      const read = decodeBytes(policy, bytes, "policy.json");
      return read.ok ? { ok: true, value: { policy: read.value, bytes, digest: sha256(bytes) } } : read;
    }),
  };
  const remembered = await kept("memory.json", readMemory);
  return { ok: true, value: { documents, memory: remembered ?? (await floorsOfSlots(directory)), healed } };
}

/** A device's memory grows with what it was told, so it may be larger than a document. What is written is always within this. */
const memoryLimits = { documentBytes: 128 * 1024 * 1024, jsonDepth: 8 };

function readMemory(bytes: Uint8Array): Outcome<Memory> {
  const json = parseJson(bytes, memoryLimits);
  return json.ok ? decode(memory, json.value, "memory.json") : json;
}

/** Writes the documents, then the memory: after a crash between the two the documents are newer, which loses nothing. */
export async function saveTrustStore(directory: string, documents: Partial<Documents>, remembered: Memory): Promise<void> {
  const at = storeDirectory(directory);
  for (const [role, document] of Object.entries(documents)) {
    if (document !== undefined) await writeIfNew(join(at, `${role}.json`), document.bytes);
  }
  await writeIfNew(join(at, "memory.json"), servedBytes(remembered));
}

/** Forgets what keys signed that a new root took away (TUF 5.3.11: recovery from a fast-forward). */
export async function forgetOnlineDocuments(directory: string): Promise<void> {
  for (const role of ["timestamp", "snapshot"]) await removeTree(join(storeDirectory(directory), `${role}.json`));
}

function storeDirectory(directory: string): string {
  return join(directory, "trust");
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

async function writeIfNew(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readIfThere(path);
  if (before === undefined || Buffer.compare(before, bytes) !== 0) await writeDurably(path, bytes);
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}
