// SPDX-License-Identifier: Apache-2.0
import { type TargetsDocument, targetsDocument } from "@countersign/trust/anchor/targets";
import { sha256 } from "@countersign/trust/digest";
import { giveUpRequest, moveProposal, moveRequest } from "./moves.ts";
import { standing } from "./place-checks.ts";
import { loadProposal, ours } from "./proposal.ts";
import type { Published } from "./published.ts";
import type { Turn } from "./turn.ts";

/** What is published is published, whoever says so; and what another release or order passed can never be. */
export async function settleProposals(turn: Turn, published: Published, now: number): Promise<void> {
  const rows = await turn.selectFrom("proposals").select("digest").where("state", "not in", ["published", "superseded"]).execute();
  for (const { digest } of rows) {
    const proposal = await loadProposal(turn, digest);
    if (proposal === undefined) continue;
    const at = standing(proposal.entry, published);
    if (at === "published") await moveProposal(turn, now, digest, "published");
    if (at === "overtaken") await moveProposal(turn, now, digest, "superseded");
  }
}

/** Ends the requests of what has arrived or was passed, and gives up those that no longer follow what is published. */
export async function settleRequests(turn: Turn, published: Published, now: number): Promise<void> {
  const rows = await turn
    .selectFrom("requests")
    .leftJoin("proposals", "proposals.digest", "requests.added")
    .select(["requests.id", "requests.channel", "requests.channelFile", "proposals.state"])
    .where("requests.state", "in", ["open", "signed"])
    .execute();
  for (const { id, channel, channelFile, state } of rows) {
    const current = published.channels.get(channel);
    const arrived = current !== undefined && sha256(current.message) === id;
    if (arrived) await moveRequest(turn, now, id, "published");
    else if (state === "published" || state === "superseded") await moveRequest(turn, now, id, state);
    else if (!follows(ours(targetsDocument, channelFile), current?.signed, now)) await giveUpRequest(turn, now, "channel", channel);
  }
}

function follows(asked: TargetsDocument, current: TargetsDocument | undefined, now: number): boolean {
  return asked.version === (current?.version ?? 0) + 1 && Date.parse(asked.expires) > now;
}
