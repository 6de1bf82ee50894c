// SPDX-License-Identifier: Apache-2.0
import { record } from "./acts.ts";
import { column, type Database } from "./database.ts";
import { giveUpRequest, moveProposal } from "./moves.ts";
import { isRecall, loadProposal, type Proposal } from "./proposal.ts";
import type { Published } from "./published.ts";
import { askFor } from "./signing-request.ts";

/**
 * Opens the next request of a channel: one at a time, since each channel file follows the one before. First come, first served, but
 * a recall waits for nobody's soak, and what its signers refuse holds nobody up.
 */
export async function openNext(transaction: Database, channel: string, published: Published, now: number, expires: string): Promise<void> {
  const waiting = await waitingFor(transaction, channel);
  const next = waiting.find(isRecall) ?? waiting[0];
  if (next === undefined) return;
  const current = await currentOf(transaction, channel);
  if (current !== undefined && !(current.yields || (isRecall(next) && !isRecall(current.entry)))) return;
  await giveUpRequest(transaction, now, "channel", channel);
  await open(transaction, next, published, now, expires);
}

async function waitingFor(transaction: Database, channel: string): Promise<readonly Proposal[]> {
  const rows = await transaction
    .selectFrom("proposals")
    .innerJoin("entries", "entries.digest", "proposals.digest")
    .select("proposals.digest")
    .where("channel", "=", channel)
    .where("state", "=", "logged")
    .orderBy("entries.index")
    .execute();
  const waiting = await Promise.all(rows.map(({ digest }) => loadProposal(transaction, digest)));
  return waiting.flatMap((proposal) => proposal?.entry ?? []);
}

/** What the channel's request adds now, and whether it makes way for anything: it does when its signers refuse it. */
async function currentOf(
  transaction: Database,
  channel: string,
): Promise<{ readonly entry: Proposal; readonly yields: boolean } | undefined> {
  const row = await transaction
    .selectFrom("requests")
    .select(["added", "state"])
    .where("channel", "=", channel)
    .where("state", "in", ["open", "signed"])
    .executeTakeFirst();
  const proposal = row && (await loadProposal(transaction, row.added));
  return proposal && { entry: proposal.entry, yields: proposal.state === "refused" };
}

async function open(transaction: Database, entry: Proposal, published: Published, now: number, expires: string): Promise<void> {
  const { id, channelFile, heads } = askFor(entry, published, expires);
  const asked = { id, channel: entry.body.channel, added: entry.digest, channelFile: column(channelFile), heads: column(heads) };
  const opened = { state: "open", opened: new Date(now).toISOString() } as const;
  await transaction
    .insertInto("requests")
    .values({ ...asked, ...opened })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(opened)) // given up before, and now the same again
    .execute();
  await record(transaction, now, { who: "govern", act: "request.open", subject: id });
  await moveProposal(transaction, now, entry.digest, "signing");
}
