// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { readFrom } from "@countersign/repository/read-from";
import type { Store } from "@countersign/repository/store";
import type { Entry } from "@countersign/tlog/entry";
import { judge } from "@countersign/trust/check";
import {
  type ClaimedCheckpoint,
  claimedCheckpoint,
  cosignedCheck,
  type LedgerTrust,
  ledgerSizeCheck,
} from "@countersign/trust/ledger/checkpoint";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { proofPath, readProof } from "@countersign/trust/workflow/step";

/** Logs an entry, and keeps the proof that devices will ask for. Answers the place of the entry in the ledger. */
export async function prove(entry: Entry, ledger: LedgerClient, trust: LedgerTrust, store: Store): Promise<Outcome<number>> {
  const logged = await ledger.append(entry);
  if (!logged.ok) return logged;
  const proven = loggedCheck("publish").examine({ candidate: entry, proof: logged.value.proof, ledger: trust });
  if (!proven.ok) return proven;
  await store.write(proofPath(entry.digest), Buffer.from(logged.value.proof));
  return accept(logged.value.index);
}

/** Like `prove`, unless what is kept proves it already: a proof by witnesses that root has replaced since, or a spoiled file, is made anew. */
export async function proveOnce(entry: Entry, ledger: LedgerClient, trust: LedgerTrust, store: Store): Promise<Outcome<unknown>> {
  const kept = await readProof(readFrom(store), entry.digest);
  const holds = kept.ok && loggedCheck("publish").examine({ candidate: entry, proof: kept.value, ledger: trust }).ok;
  return holds ? accept(undefined) : prove(entry, ledger, trust, store);
}

/** The newest cosigned checkpoint, verified: never behind one that was published, and large enough to cover the entry at `index`. */
async function newestCheckpoint(
  ledger: LedgerClient,
  trust: LedgerTrust,
  published: ClaimedCheckpoint | undefined,
  index: number,
): Promise<Outcome<ClaimedCheckpoint>> {
  const note = await ledger.checkpoint();
  if (!note.ok) return note;
  const claimed = claimedCheckpoint(note.value, trust);
  if (!claimed.ok) return claimed;
  const subject = { candidate: claimed.value, ledger: trust, remembered: published?.checkpoint };
  const judged = judge(subject, [cosignedCheck("publish"), ledgerSizeCheck("publish")]);
  if (!judged.outcome.ok) return judged.outcome;
  const { size } = claimed.value.checkpoint;
  return size > index ? judged.outcome : refuse("checkpoint-too-small", `a tree that holds entry ${index}`, `size ${size}`, "Wait for it.");
}

/**
 * The checkpoint of the next timestamp: the newest, or while there is nothing to cover and the ledger does not answer, the one that was published last. A
 * repository whose timestamp expires is worse off than one that is dated by an older checkpoint; unless root has replaced the log or too many witnesses, and
 * nobody accepts that one any more.
 */
export async function checkpointFor(
  ledger: LedgerClient,
  trust: LedgerTrust,
  published: ClaimedCheckpoint | undefined,
  index: number,
): Promise<Outcome<ClaimedCheckpoint>> {
  const newest = await newestCheckpoint(ledger, trust, published, index);
  if (newest.ok || published === undefined || index >= 0) return newest;
  if (!cosignedCheck("publish").examine({ candidate: published, ledger: trust }).ok) return newest;
  logEvent("publish", "checkpoint-not-renewed", { ...newest.refusal });
  return accept(published);
}
