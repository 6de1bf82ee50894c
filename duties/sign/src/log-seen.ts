// SPDX-License-Identifier: Apache-2.0
import type { RepositoryView } from "@countersign/repository/view";
import type { Checkpoint } from "@countersign/tlog/checkpoint";
import { consistencyProof } from "@countersign/tlog/tree";
import { type ClaimedCheckpoint, claimedCheckpoint, cosignedCheck } from "@countersign/trust/ledger/checkpoint";
import { type Read, readFile } from "@countersign/trust/workflow/step";
import type { LogSeen } from "./subject.ts";

/** A tile is 8 KiB. */
const TILE_BYTES = 8192;

/** The log's own newest checkpoint, if the quorum cosigned it: it may be newer than the one in the timestamp, and says so by itself. */
export async function ownCheckpoint(read: Read, { ledger }: RepositoryView): Promise<readonly ClaimedCheckpoint[]> {
  const note = await readFile(read, "log/checkpoint");
  const claimed = note.ok ? claimedCheckpoint(Buffer.from(note.value).toString(), ledger) : note;
  if (!claimed.ok) return [];
  return cosignedCheck("log").examine({ candidate: claimed.value, ledger }).ok ? [claimed.value] : [];
}

/** The largest of these verified checkpoints, with the proof that it extends the remembered one. Tiles prove themselves, so whoever serves them is not trusted. */
export async function seeLog(
  read: Read,
  checkpoints: readonly [ClaimedCheckpoint, ...ClaimedCheckpoint[]],
  remembered: Checkpoint | undefined,
): Promise<LogSeen> {
  const newest = checkpoints.reduce((largest, next) => (next.checkpoint.size > largest.checkpoint.size ? next : largest));
  const { size } = newest.checkpoint;
  if (remembered === undefined || remembered.size >= size) return { newest, remembered, consistency: [] };
  const proof = await consistencyProof(remembered.size, size, async (path) => {
    const tile = await read(`log/${path}`, TILE_BYTES);
    return tile.ok ? tile.value : undefined;
  });
  return { newest, remembered, consistency: proof.ok ? proof.value : [] };
}
