// SPDX-License-Identifier: Apache-2.0
import { formatNote, parseNote } from "@countersign/tlog/note";
import { cosign } from "@countersign/tlog/signer";
import { monitorKey, readThroughPath } from "@countersign/trust/readthrough/read-through";
import type { Project } from "@countersign/world/project";
import { type Base, keyOf, taken } from "./base.ts";
import type { Files } from "./mirror.ts";

/** For every monitor a word that it has read all there is, under its name and key identifier, signed with another holder's key. */
export async function forgedReadThroughs(project: Project, { view }: Base, holder: string): Promise<Files> {
  const { policy, checkpoint } = view;
  const key = await keyOf(project, holder);
  const { text, textBytes, signatures } = taken(parseNote(Buffer.from(checkpoint.note)));
  const files: [string, Uint8Array][] = [];
  for (const monitor of Object.keys(policy.monitors)) {
    const named = monitorKey(policy, monitor);
    if (named === undefined) throw new Error(`${monitor} has no key`);
    const forged = await cosign(textBytes, Math.floor(Date.now() / 1000), {
      name: monitor,
      type: 4,
      publicKey: named.publicKey,
      sign: (message) => key.sign(message),
    });
    files.push([readThroughPath(monitor), Buffer.from(formatNote(text, [...signatures, forged]))]);
  }
  return new Map(files);
}
