// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { LedgerClient, Logged } from "@countersign/repository/ledger-client";
import { type Entry, parseEntry } from "@countersign/tlog/entry";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { kinds } from "./act-kinds.ts";
import { entryLogged } from "./entry-acts.ts";
import type { Govern } from "./govern.ts";
import { perform } from "./perform.ts";
import type { Published } from "./published.ts";
import { inTurn } from "./turn.ts";

/**
 * Brings releases and orders that wait into the ledger. It may be killed anywhere: the ledger gives an entry that it has the place that it has, and a
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
    const logged = await append(ledger, candidate.value, published.value);
    if (logged === undefined) return;
    await inTurn(database, async (turn) => {
      const still = await turn.selectFrom("entries").select("proof").where("digest", "=", digest).executeTakeFirst();
      if (still?.proof !== null) return; // another process was first
      await perform(turn, now(), { who: "govern", act: entryLogged, subject: digest, body: logged });
    });
  }
}

/** How many acts are on their way to the ledger at once: it takes them in batches. */
const AT_ONCE = 64;

/** Brings acts that wait into the ledger, and notes where they are. Nobody waits for it, and what is noted is believed only after a look into the ledger. */
export async function logActs({ database, look }: Govern, ledger: LedgerClient): Promise<void> {
  for (;;) {
    const columns = ["number", "act", "digest"] as const;
    const waiting = await database.selectFrom("acts").select(columns).where("index", "is", null).orderBy("number").limit(AT_ONCE).execute();
    if (waiting.length === 0) return;
    const published = await look();
    if (!published.ok) return logEvent("govern", "repository-refused", { ...published.refusal });
    const logged = await Promise.all(
      waiting.map(async ({ number, act, digest }) => {
        const place = await append(ledger, { type: kinds.get(act)?.entry ?? "act", digest }, published.value);
        return place && { number, index: place.index };
      }),
    );
    await inTurn(database, async (turn) => {
      for (const place of logged)
        if (place !== undefined) await turn.updateTable("acts").set({ index: place.index }).where("number", "=", place.number).execute();
    });
    if (logged.includes(undefined)) return;
  }
}

/** Appends an entry, and believes the ledger only with its witnesses. Undefined, and said, where that fails: it is tried again. */
async function append(ledger: LedgerClient, candidate: Entry, published: Published): Promise<Logged | undefined> {
  const { digest } = candidate;
  const logged = await ledger.append(candidate);
  if (!logged.ok) {
    logEvent("govern", "ledger-refused", { digest, ...logged.refusal });
    return undefined;
  }
  const proven = loggedCheck("entry").examine({ candidate, proof: logged.value.proof, ledger: published.ledger });
  if (proven.ok) return logged.value;
  logEvent("govern", "proof-refused", { digest, ...proven.refusal });
  return undefined;
}
