// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { type Entry, encodeEntry, parseEntry } from "@countersign/tlog/entry";
import type { Digest } from "@countersign/trust/digest";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { record } from "./acts.ts";
import type { Database } from "./database.ts";
import type { Govern } from "./govern.ts";

/** Remembers, in the transaction that made it necessary, that this must get into the ledger. */
export async function queueEntry(transaction: Database, entry: Entry): Promise<void> {
  await transaction
    .insertInto("entries")
    .values({ digest: entry.digest as Digest, entry: Buffer.from(encodeEntry(entry)).toString(), index: null, proof: null })
    .execute();
}

/**
 * Brings what waits into the ledger. It may be killed anywhere: the ledger gives an entry that it has the place that it has, and a
 * proposal moves on in the transaction that keeps the proof. The first proof is kept, because soak runs from it.
 */
export async function logEntries({ database, look, now }: Govern, ledger: LedgerClient): Promise<void> {
  const waiting = await database.selectFrom("entries").select(["digest", "entry"]).where("proof", "is", null).execute();
  if (waiting.length === 0) return;
  const published = await look();
  if (!published.ok) return logEvent("govern", "repository-refused", { ...published.refusal });
  for (const { digest, entry } of waiting) {
    const candidate = parseEntry(Buffer.from(entry));
    if (!candidate.ok) throw new Error(`a queued entry does not read back: ${entry}`);
    const logged = await ledger.append(candidate.value);
    if (!logged.ok) return logEvent("govern", "ledger-refused", { digest, ...logged.refusal });
    const { index, proof } = logged.value;
    const proven = loggedCheck("entry").examine({ candidate: candidate.value, proof, ledger: published.value.ledger });
    if (!proven.ok) return logEvent("govern", "proof-refused", { digest, ...proven.refusal });
    await database.transaction().execute(async (transaction) => {
      await transaction.updateTable("entries").set({ index, proof }).where("digest", "=", digest).execute();
      await transaction
        .updateTable("proposals")
        .set({ state: "logged" })
        .where("digest", "=", digest)
        .where("state", "=", "approved")
        .execute();
      await record(transaction, now(), { who: "govern", act: "entry.logged", subject: digest });
    });
  }
}
