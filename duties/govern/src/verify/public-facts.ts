// SPDX-License-Identifier: Apache-2.0
import { entriesOfAllLogs, openLedgerIn, type PlacedEntry } from "@countersign/release/ledger-view";
import { type Delegator, everyDelegator } from "@countersign/repository/delegator";
import { readFrom } from "@countersign/repository/read-from";
import type { Reader } from "@countersign/repository/store";
import { root } from "@countersign/trust/anchor/root";
import { readEnvelope } from "@countersign/trust/envelope";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";

/** What is public, and verified from an anchor that govern does not give: the ledger, and whose signatures ever counted. */
export interface PublicFacts {
  /** Also of the logs that were followed before. */
  readonly ledger: readonly PlacedEntry[];
  readonly delegators: readonly Delegator[];
}

/** Reads it as a stranger would. `now` is Unix milliseconds. */
export async function readPublicFacts(reader: Reader, anchor: Uint8Array, now: number): Promise<Outcome<PublicFacts>> {
  const opened = await openLedgerIn(reader, anchor, now);
  if (!opened.ok) return opened;
  const ledger = await entriesOfAllLogs(reader, opened.value);
  if (!ledger.ok) return ledger;
  const read = readFrom(reader);
  const embedded = readEnvelope(root, anchor, "embedded root");
  if (!embedded.ok) return embedded;
  const chain = await nextRoots(embedded.value, read, rootChainChecks);
  if (!chain.outcome.ok) return chain.outcome;
  const roots = [embedded.value, ...chain.outcome.value].map(({ signed }) => signed);
  const delegators = await everyDelegator(read, roots);
  return delegators.ok ? accept({ ledger: ledger.value, delegators: delegators.value }) : delegators;
}
