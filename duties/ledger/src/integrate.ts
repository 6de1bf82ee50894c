// SPDX-License-Identifier: Apache-2.0
import { appendLeaves, type LogFile } from "@countersign/tlog/append";
import { encodeBundle } from "@countersign/tlog/bundle";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { leafHash } from "@countersign/tlog/hash";
import { verifyConsistency } from "@countersign/tlog/merkle";
import { formatNote } from "@countersign/tlog/note";
import type { Outcome } from "@countersign/tlog/refusal";
import { type NoteSigner, signNote } from "@countersign/tlog/signer";
import { bundlePath, TILE_WIDTH } from "@countersign/tlog/tile";
import { consistencyProof } from "@countersign/tlog/tree";
import type { LogFiles } from "./log-files.ts";
import type { Head, LedgerState } from "./state.ts";

/** Signs the head of a tree. The origin is the name of the key. */
export async function signHead(size: number, root: Uint8Array, signer: NoteSigner): Promise<Head> {
  const text = formatCheckpoint({ origin: signer.name, size, root });
  return { size, root, note: formatNote(text, [await signNote(Buffer.from(text), signer)]) };
}

/**
 * Takes the sequenced entries into the tree: writes their bundles and tiles, proves from what was written that the new tree
 * extends the old, signs it, and makes it the head. A crash leaves the old head, and files that the next try writes again.
 *
 * Throws when the files of the log are not those of the head: then nothing may be signed.
 */
export async function integrate(head: Head, state: LedgerState, files: LogFiles, signer: NoteSigner): Promise<Head> {
  const sequenced = state.sequenced();
  const leaves = state.entries(head.size, sequenced).map((entry) => leafHash(entry));
  const { size, root, tiles } = expect(await appendLeaves(head.size, leaves, files.read));

  const bundles: LogFile[] = [];
  for (let index = Math.floor(head.size / TILE_WIDTH); index * TILE_WIDTH < size; index++) {
    const entries = state.entries(index * TILE_WIDTH, Math.min(size, (index + 1) * TILE_WIDTH));
    bundles.push({ path: bundlePath(index, entries.length), bytes: encodeBundle(entries) });
  }
  await files.write([...bundles, ...tiles]);

  if (head.size > 0) {
    const proof = expect(await consistencyProof(head.size, size, files.read));
    if (!verifyConsistency(head.size, size, head.root, root, proof)) throw new Error("the log's files are not those of its head");
  }
  const next = await signHead(size, root, signer);
  state.advance(head, next);
  return next;
}

function expect<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, expected, found } = outcome.refusal;
  throw new Error(`${code}: expected ${expected}, found ${found}`);
}
