// SPDX-License-Identifier: Apache-2.0
import { defaultLimits, type Limits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import { fieldOf, readMessage } from "./message.ts";
import type { Edition } from "./publication.ts";

/**
 * Where a repository stands, from its own files: the newest root that follows `root`, the timestamp, and the snapshot that this names. `read` takes names
 * below the metadata URL. Nothing is verified: this is for whoever owns the files and is about to sign onwards. Before the first publication
 * there is a root and nothing else.
 */
export async function readEdition(read: Read, root: Uint8Array, limits: Limits = defaultLimits): Promise<Outcome<Edition>> {
  let newest = readMessage(root, "root", limits);
  for (;;) {
    if (!newest.ok) return newest;
    const name = `${Number(fieldOf(newest.value.message, "version")) + 1}.root.json`;
    const next = await read(name, limits.rootBytes);
    if (!next.ok) return next;
    if (next.value === undefined) break;
    newest = readMessage(next.value, name, limits);
  }
  const { message } = newest.value;
  const consistent = fieldOf(message, "consistent_snapshot") === true;
  const bytes = await read("timestamp.json", limits.timestampBytes);
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return accept({ root: message, snapshot: undefined, timestamp: undefined });
  const timestamp = readMessage(bytes.value, "timestamp.json", limits);
  if (!timestamp.ok) return timestamp;
  const version = fieldOf(timestamp.value.message, "meta", "snapshot.json", "version");
  const name = consistent ? `${version}.snapshot.json` : "snapshot.json";
  const file = await read(name, limits.snapshotBytes);
  if (!file.ok) return file;
  if (file.value === undefined)
    return refuse("missing-file", name, "no such file", "Restore it from a mirror, or publish everything anew.");
  const snapshot = readMessage(file.value, name, limits);
  return snapshot.ok ? accept({ root: message, snapshot: snapshot.value.message, timestamp: timestamp.value.message }) : snapshot;
}
