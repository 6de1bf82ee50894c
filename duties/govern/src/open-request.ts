// SPDX-License-Identifier: Apache-2.0
import { giveUpRequest, moveProposal } from "./moves.ts";
import { isHalting, mostUrgent, type Need, renewalNeed, urgencyOf } from "./need.ts";
import { perform } from "./perform.ts";
import { loadProposal, type Proposal, type StoredProposal } from "./proposal.ts";
import type { Published } from "./published.ts";
import { requestOpened } from "./request-acts.ts";
import { askFor, askForRenewal } from "./signing-request.ts";
import type { Turn } from "./turn.ts";

/**
 * Opens the next request of a channel: one at a time, since each channel file follows the one before. First come, first served, but
 * a recall waits for nobody's soak, what its signers refuse holds nobody up, and a channel file is renewed before anything else where its signers
 * changed, and after everything else where it only grows old.
 */
export async function openNext(turn: Turn, channel: string, published: Published, now: number, expires: string): Promise<void> {
  const next = mostUrgent(await waitingFor(turn, channel), renewalNeed(channel, published, expires, now));
  if (next === undefined) return;
  const current = await currentOf(turn, channel);
  if (current !== undefined && !makesWay(current, next)) return;
  await giveUpRequest(turn, now, "channel", channel);
  await open(turn, channel, next.entry, published, now, expires);
}

async function waitingFor(turn: Turn, channel: string): Promise<readonly Proposal[]> {
  const rows = await turn
    .selectFrom("proposals")
    .innerJoin("entries", "entries.digest", "proposals.digest")
    .select("proposals.digest")
    .where("channel", "=", channel)
    .where("state", "=", "logged")
    .orderBy("entries.index")
    .execute();
  const waiting = await Promise.all(rows.map(({ digest }) => loadProposal(turn, digest)));
  return waiting.flatMap((proposal) => proposal?.entry ?? []);
}

/** The channel's live request. */
interface Current {
  /** Undefined for a renewal. */
  readonly proposal: StoredProposal | undefined;
  readonly signed: boolean;
}

async function currentOf(turn: Turn, channel: string): Promise<Current | undefined> {
  const row = await turn
    .selectFrom("requests")
    .select(["added", "state"])
    .where("channel", "=", channel)
    .where("state", "in", ["open", "signed"])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { proposal: row.added === null ? undefined : await loadProposal(turn, row.added), signed: row.state === "signed" };
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
  turn: Turn,
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
  const body = { channel, added: entry?.digest ?? null, channelFile, heads };
  await perform(turn, now, { who: "govern", act: requestOpened, subject: id, body }); // which may have been given up before, and now be the same again
  if (entry !== null) await moveProposal(turn, now, entry.digest, "signing");
}
