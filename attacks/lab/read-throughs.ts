// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import { formatNote, parseNote } from "@countersign/tlog/note";
import { cosign } from "@countersign/tlog/signer";
import { monitorKey, readThroughPath } from "@countersign/trust/readthrough/read-through";
import type { Project } from "@countersign/world/project";
import { type Base, keyOf, taken } from "./base.ts";
import type { Files } from "./mirror.ts";

/** For every monitor a word that it has read all there is, under its name and key identifier, signed with another holder's key. */
export async function forgedReadThroughs(project: Project, base: Base, holder: string): Promise<Files> {
  const key = await keyOf(project, holder);
  return readThroughs(base, base.view.checkpoint.note, async () => key);
}

/** What every monitor says of a checkpoint up to which it has read, and found nothing. */
export function ownReadThroughs(project: Project, base: Base, note: string): Promise<Files> {
  const { monitors, holders } = base.view.policy;
  return readThroughs(base, note, (monitor) => keyOf(project, holders[monitors[monitor] ?? ""]?.holder ?? ""));
}

async function readThroughs({ view }: Base, note: string, keyFor: (monitor: string) => Promise<CustodyKey>): Promise<Files> {
  const { policy } = view;
  const { text, textBytes, signatures } = taken(parseNote(Buffer.from(note)));
  const files: [string, Uint8Array][] = [];
  for (const monitor of Object.keys(policy.monitors)) {
    const named = monitorKey(policy, monitor);
    if (named === undefined) throw new Error(`${monitor} has no key`);
    const { name, type, publicKey } = named;
    const key = await keyFor(monitor);
    const word = await cosign(textBytes, Math.floor(Date.now() / 1000), { name, type, publicKey, sign: (message) => key.sign(message) });
    files.push([readThroughPath(monitor), Buffer.from(formatNote(text, [...signatures, word]))]);
  }
  return new Map(files);
}
