// SPDX-License-Identifier: Apache-2.0
import { type Entry, encodeEntry } from "@countersign/tlog/entry";
import { leafHash } from "@countersign/tlog/hash";
import { verifyInclusion } from "@countersign/tlog/merkle";
import { formatTlogProof } from "@countersign/tlog/proof";
import { inclusionProof } from "@countersign/tlog/tree";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { everyEntry, type LedgerView, type PlacedEntry } from "./ledger-view.ts";

/** An entry with a `.tlog-proof` of it (c2sp.org/tlog-proof), which anybody verifies offline who has the log's and the witnesses' keys. */
export interface ProvenEntry {
  readonly entry: Entry;
  readonly index: number;
  readonly proof: string;
}

/** Proves the entry of a digest from the log's files alone. The ledger is not asked, and need not be up. */
export async function proveEntry(ledger: LedgerView, digest: string): Promise<Outcome<ProvenEntry>> {
  const entries = await everyEntry(ledger);
  if (!entries.ok) return entries;
  const found = entries.value.filter(({ entry }) => entry.digest.startsWith(digest));
  const [placed] = found;
  if (placed === undefined || found.length > 1) {
    const remedy = "See what there is: countersign ledger tail -n 100";
    return refuse("entry-unknown", "the digest of one entry, or its beginning", `${found.length} entries with ${digest}`, remedy);
  }
  return provePlaced(ledger, placed);
}

/** The same of an entry whose place is known. */
export async function provePlaced(ledger: LedgerView, placed: PlacedEntry): Promise<Outcome<ProvenEntry>> {
  const { note, checkpoint } = ledger.cosigned;
  const hashes = await inclusionProof(placed.index, checkpoint.size, ledger.readTile);
  if (!hashes.ok) return hashes;
  if (!verifyInclusion(placed.index, checkpoint.size, leafHash(encodeEntry(placed.entry)), hashes.value, checkpoint.root))
    return refuse("ledger-inconsistent", "tiles of the cosigned tree", "others", "Read from another mirror, and report this one.");
  return accept({ ...placed, proof: formatTlogProof({ index: placed.index, hashes: hashes.value, note }) });
}
