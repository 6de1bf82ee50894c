// SPDX-License-Identifier: Apache-2.0
import { record } from "./acts.ts";
import { column, type Database } from "./database.ts";
import { giveUpRequest, moveProposal } from "./moves.ts";
import { isHalting, mostUrgent, type Need, renewalNeed, urgencyOf } from "./need.ts";
import { loadProposal, type Proposal, type StoredProposal } from "./proposal.ts";
import type { Published } from "./published.ts";
import { askFor, askForRenewal } from "./signing-request.ts";

/**
 * Opens the next request of a channel: one at a time, since each channel file follows the one before. First come, first served, but
 * a recall waits for nobody's soak, what its signers refuse holds nobody up, and a channel file is renewed before anything else where its signers
 * changed, and after everything else where it only grows old.
 */
export async function openNext(transaction: Database, channel: string, published: Published, now: number, expires: string): Promise<void> {
  const next = mostUrgent(await waitingFor(transaction, channel), renewalNeed(channel, published, expires, now));
  if (next === undefined) return;
  const current = await currentOf(transaction, channel);
  if (current !== undefined && !makesWay(current, next)) return;
  await giveUpRequest(transaction, now, "channel", channel);
  await open(transaction, channel, next.entry, published, now, expires);
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

/** The channel's live request. */
interface Current {
  /** Undefined for a renewal. */
  readonly proposal: StoredProposal | undefined;
  readonly signed: boolean;
}

async function currentOf(transaction: Database, channel: string): Promise<Current | undefined> {
  const row = await transaction
    .selectFrom("requests")
    .select(["added", "state"])
    .where("channel", "=", channel)
    .where("state", "in", ["open", "signed"])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { proposal: row.added === null ? undefined : await loadProposal(transaction, row.added), signed: row.state === "signed" };
}

/**
 * Whether the live request is given up for another. A renewal makes way for any entry that is more urgent, unless it is signed and as good as there;
 * a signed entry only for what halts.
 */
function makesWay({ proposal, signed }: Current, next: Need): boolean {
  if (proposal === undefined) return next.entry !== null && !signed;
  if (proposal.state === "refused") return true;
  return urgencyOf(next) > urgencyOf(proposal) && (!signed || isHalting(next));
}

async function open(
  transaction: Database,
  channel: string,
  entry: Proposal | null,
  published: Published,
  now: number,
  expires: string,
): Promise<void> {
  const current = published.channels.get(channel);
  const asked = entry !== null ? askFor(entry, published, expires) : current && askForRenewal(current, expires);
  if (asked === undefined) throw new Error(`a renewal of ${channel}, which has no channel file`);
  const { id, channelFile, heads } = asked;
  const row = { id, channel, added: entry?.digest ?? null, channelFile: column(channelFile), heads: column(heads) };
  const opened = { state: "open", opened: new Date(now).toISOString() } as const;
  await transaction
    .insertInto("requests")
    .values({ ...row, ...opened })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(opened)) // given up before, and now the same again
    .execute();
  await record(transaction, now, { who: "govern", act: "request.open", subject: id });
  if (entry !== null) await moveProposal(transaction, now, entry.digest, "signing");
}
