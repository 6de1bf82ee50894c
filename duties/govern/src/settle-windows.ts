// SPDX-License-Identifier: Apache-2.0
import type { ProposalState } from "@countersign/release/proposal";
import { perform } from "./perform.ts";
import type { Turn } from "./turn.ts";
import { isOpen, type Window, waitsMilliseconds } from "./window.ts";
import { type Why, windowClosed } from "./window-acts.ts";

/** Closes windows whose time has come, or whose releases are all out or overtaken; and forgets requests that nobody approved for a day. */
export async function settleWindows(turn: Turn, now: number): Promise<void> {
  const windows = await turn.selectFrom("windows").selectAll().where("state", "!=", "closed").execute();
  for (const window of windows) {
    const why = whyOver(window, await outcomesIn(turn, window.id), now);
    if (why !== undefined) await perform(turn, now, { who: "govern", act: windowClosed, subject: window.id, body: { why } });
  }
}

/** What became of each release and order that this window had grants for; null where it was never proposed. */
async function outcomesIn(turn: Turn, id: string): Promise<readonly (ProposalState | null)[]> {
  const rows = await turn
    .selectFrom("grants")
    .leftJoin("proposals", "proposals.digest", "grants.digest" as never)
    .select(["grants.digest", "proposals.state"])
    .where("grants.window", "=", id)
    .where("grants.duty", "!=", "build")
    .execute();
  return [...new Map(rows.map(({ digest, state }) => [digest, state])).values()];
}

function whyOver(window: Window, outcomes: readonly (ProposalState | null)[], now: number): Why | undefined {
  const over = window.state === "requested" ? now - Date.parse(window.requested) > waitsMilliseconds : !isOpen(window, now);
  if (over) return "time";
  const spent = outcomes.length >= window.releases && outcomes.every((state) => state === "published" || state === "superseded");
  return window.state === "open" && spent ? "releases" : undefined;
}
