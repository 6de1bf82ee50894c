// SPDX-License-Identifier: Apache-2.0
import { chmod, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { decode } from "@countersign/trust/decode";
import { type Deniable, deniable } from "@countersign/trust/revocation/deniable";
import { linkDurably, makeDirectory, makeTemporaryDirectory, removeTree, renameDurably, sweepTemporary, writeDurably } from "./durable.ts";
import { isErrno } from "./errno.ts";
import { hasShape } from "./shape.ts";
import type { TreeManifest } from "./tree.ts";

// A device directory holds two versions and says which one runs:
//
//   slots/a/  slots/b/          the trees
//   slots/a.json  slots/b.json  what is in them
//   current -> slots/a          replaced by a rename, so that whoever starts current/... gets one version or the other
//
// Only the slot that is not current is ever written to. It keeps the previous version until the next install needs the room.
// All functions but the reading ones need the device's lock.

export type Slot = "a" | "b";

/** What a slot holds. */
export interface SlotRecord {
  /** The release digest (hex). */
  readonly release: string;
  readonly sequence: number;
  readonly epoch: number;
  /** For people. */
  readonly version: string;
  readonly manifest: TreeManifest;
  /** Every name by which it can be revoked. The first updaters kept the release digest only. */
  readonly deniable?: Deniable;
}

/** Where the tree of a slot is. */
export function slotOf(device: string, slot: Slot): string {
  return join(device, "slots", slot);
}

/** The slot that runs, or `undefined` when none has been installed, or when `current` is not a link that this module made. */
export async function current(device: string): Promise<Slot | undefined> {
  try {
    const target = await readlink(join(device, "current"));
    return target === "slots/a" ? "a" : target === "slots/b" ? "b" : undefined;
  } catch (error) {
    if (isErrno(error, "ENOENT", "EINVAL")) return undefined;
    throw error;
  }
}

/** The slot for the next install. */
export async function inactive(device: string): Promise<Slot> {
  return (await current(device)) === "a" ? "b" : "a";
}

/** Empties the inactive slot, removes what interrupted installs left, and returns a new private directory (0700) on the same file system. */
export async function prepare(device: string): Promise<string> {
  const slots = join(device, "slots");
  await makeDirectory(slots, 0o755);
  await sweepTemporary(device);
  await sweepTemporary(slots);
  await clear(device, await inactive(device));
  return await makeTemporaryDirectory(slots);
}

/** Moves a prepared and filled directory into the inactive slot, beside its record. What runs stays as it is. */
export async function place(device: string, staging: string, record: SlotRecord): Promise<Slot> {
  const slot = await inactive(device);
  await clear(device, slot);
  await chmod(staging, 0o755);
  await renameDurably(staging, slotOf(device, slot));
  await writeDurably(recordOf(device, slot), JSON.stringify(record), 0o644);
  return slot;
}

/** Makes a slot the one that runs, in one step. `undefined` takes back a first install: nothing runs. */
export async function switchTo(device: string, slot: Slot | undefined): Promise<void> {
  if (slot === undefined) await removeTree(join(device, "current"));
  else await linkDurably(`slots/${slot}`, join(device, "current"));
}

/** What a slot holds, or `undefined` when it is empty. Refuses a record that cannot be read, as `slot-record-damaged`. */
export async function recordIn(device: string, slot: Slot): Promise<Outcome<SlotRecord | undefined>> {
  const path = recordOf(device, slot);
  try {
    const record: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isSlotRecord(record)) return accept(record);
    return refuse("slot-record-damaged", "the record of an installed release", basename(path), "install the release again");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return accept(undefined);
    if (error instanceof SyntaxError) return refuse("slot-record-damaged", "JSON", error.message, "install the release again");
    throw error;
  }
}

/** The version a rollback returns to: the other slot, if it holds one. */
export async function previous(device: string): Promise<Slot | undefined> {
  const other = await inactive(device);
  const record = await recordIn(device, other);
  return record.ok && record.value !== undefined ? other : undefined;
}

function recordOf(device: string, slot: Slot): string {
  return `${slotOf(device, slot)}.json`;
}

/** The record goes first: it must never describe a tree that is half removed. */
async function clear(device: string, slot: Slot): Promise<void> {
  await removeTree(recordOf(device, slot));
  await removeTree(slotOf(device, slot));
}

function isSlotRecord(value: unknown): value is SlotRecord {
  return (
    hasShape(value, { release: "string", sequence: "number", epoch: "number", version: "string", manifest: "object" }) &&
    hasShape(value.manifest, { files: "object" }) &&
    Array.isArray(value.manifest.files) &&
    value.manifest.files.every((file) => hasShape(file, { path: "string", mode: "number", length: "number", sha256: "string" })) &&
    (!("deniable" in value) || decode(deniable, value.deniable, "the record of a slot").ok)
  );
}
