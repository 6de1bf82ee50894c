// SPDX-License-Identifier: Apache-2.0
import { type NewestDelegator, newestDelegator } from "@countersign/repository/delegator";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import { type Root, root } from "@countersign/trust/anchor/root";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { type LedgerTrust, ledgerTrust } from "@countersign/trust/ledger/checkpoint";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { nextRoots, rootChainChecks } from "@countersign/trust/workflow/roots";
import type { Read } from "@countersign/trust/workflow/step";

/** The repository as publish finds it and goes on from. */
export interface Published {
  readonly root: Envelope<Root>;
  readonly ledger: LedgerTrust;
  /** The newest targets that the targets quorum signed, with their policy; they may be newer than those that `issued` lists. */
  readonly newest: NewestDelegator;
  /** What was published last; undefined before the first timestamp. */
  readonly issued: RepositoryView | undefined;
}

/**
 * Reads the repository from the embedded root down. Everything is verified but expiry, which is for publish to end: it signs
 * nothing on the word of whoever else can write the store.
 */
export async function readPublished(read: Read, anchor: Uint8Array): Promise<Outcome<Published>> {
  const embedded = readEnvelope(root, anchor, "embedded root");
  if (!embedded.ok) return embedded;
  const chain = await nextRoots(embedded.value, read, rootChainChecks);
  if (!chain.outcome.ok) return chain.outcome;
  const roots: readonly Envelope<Root>[] = [embedded.value, ...chain.outcome.value];
  const top = roots.at(-1) ?? embedded.value;

  const issued = await readIssued(read, anchor, roots);
  if (!issued.ok) return issued;
  const newest = await newestDelegator(read, top.signed, issued.value?.targets);
  if (!newest.ok) return newest;
  return accept({ root: top, ledger: ledgerTrust(top.signed), newest: newest.value, issued: issued.value });
}

/** What was issued under the newest root, or under one before it: a root that replaces our keys must not stop us from using the new ones. */
async function readIssued(read: Read, anchor: Uint8Array, roots: readonly Envelope<Root>[]): Promise<Outcome<RepositoryView | undefined>> {
  const timestamp = await read("metadata/timestamp.json", Number.MAX_SAFE_INTEGER);
  if (!timestamp.ok) return timestamp;
  if (timestamp.value === undefined) return accept(undefined);
  let opened: Outcome<RepositoryView> = await openRepository(read, anchor, 0);
  for (const later of roots.slice(1).reverse()) {
    if (opened.ok) break;
    opened = await openRepository(hideRoots(read, later.signed.version), anchor, 0);
  }
  return opened;
}

/** The same repository, as it was before it had a root of this version. */
function hideRoots(read: Read, version: number): Read {
  return (path, maxBytes) => (path === `metadata/${version}.root.json` ? Promise.resolve(accept(undefined)) : read(path, maxBytes));
}
