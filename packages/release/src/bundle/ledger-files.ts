// SPDX-License-Identifier: Apache-2.0
import { HASH_BYTES } from "@countersign/tlog/hash";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { TILE_WIDTH, tilesBetween } from "@countersign/tlog/tile";
import { type ReadTile, readHashes } from "@countersign/tlog/tree";
import type { ClaimedCheckpoint, LedgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import type { BundleProgress } from "./site.ts";

const atOnce = 16;

/**
 * Reads the whole tree of the ledger, and of those before it, without the entries: each device remembers another size, and wants it shown that the newest
 * tree extends that one. 32 bytes an entry, and a little.
 */
export async function ledgerFiles(
  { checkpoint }: Pick<ClaimedCheckpoint, "checkpoint">,
  { former = [] }: LedgerTrust,
  read: Read,
  progress: BundleProgress,
): Promise<Outcome<void>> {
  const finals = former.map(({ final }) => ({ prefix: formerLogPrefix(final.origin), size: final.size }));
  const trees = [{ prefix: "log/", size: checkpoint.size }, ...finals];
  const tiles = trees.flatMap(({ prefix, size }) => [...tilesBetween(0, size)].map((tile) => ({ prefix, ...tile })));
  for (let at = 0; at < tiles.length; at += atOnce) {
    progress({ step: "the ledger's tree", done: at, total: tiles.length });
    const answers = await Promise.all(
      tiles.slice(at, at + atOnce).map(({ prefix, level, index, width }) => readHashes(level, index, width, below(prefix, read))),
    );
    const missing = answers.find((answer) => !answer.ok);
    if (missing?.ok === false) return missing;
  }
  return accept(undefined);
}

function below(prefix: string, read: Read): ReadTile {
  return async (path) => {
    const tile = await read(`${prefix}${path}`, TILE_WIDTH * HASH_BYTES);
    return tile.ok ? tile.value : undefined;
  };
}
