// SPDX-License-Identifier: Apache-2.0
import type { RequestState } from "@countersign/release/govern-client";
import type { Digest } from "@countersign/trust/digest";
import { perform } from "./perform.ts";
import { type Moved, movedTo } from "./proposal-acts.ts";
import { requestMovedTo } from "./request-acts.ts";
import type { Turn } from "./turn.ts";

/** Moves a proposal to a state; where it is there already, nothing happens. */
export async function moveProposal(turn: Turn, now: number, digest: Digest, state: Moved): Promise<void> {
  const row = await turn.selectFrom("proposals").select("state").where("digest", "=", digest).executeTakeFirst();
  if (row === undefined || row.state === state) return;
  await perform(turn, now, { who: "govern", act: movedTo[state], subject: digest, body: {} });
}

export async function moveRequest(turn: Turn, now: number, id: Digest, state: Exclude<RequestState, "open">): Promise<void> {
  await perform(turn, now, { who: "govern", act: requestMovedTo[state], subject: id, body: {} });
}

/** Gives up the live request of a channel, or of a proposal, if there is one. What it would have added waits again, unless its signers refuse it. */
export async function giveUpRequest(turn: Turn, now: number, of: "channel" | "added", value: string): Promise<void> {
  const request = await turn
    .selectFrom("requests")
    .leftJoin("proposals", "proposals.digest", "requests.added")
    .select(["requests.id", "requests.added", "proposals.state"])
    .where(`requests.${of}`, "=", value)
    .where("requests.state", "in", ["open", "signed"])
    .executeTakeFirst();
  if (request === undefined) return;
  await moveRequest(turn, now, request.id, "superseded");
  const { added, state } = request;
  if (added !== null && (state === "signing" || state === "signed")) await moveProposal(turn, now, added, "logged");
}
