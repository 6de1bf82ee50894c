// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { Database } from "../database.ts";
import { leaversIn } from "../offboard/present.ts";
import { perform } from "../perform.ts";
import type { Turn } from "../turn.ts";
import { breakCancelled, breakOpened } from "./break-acts.ts";

/** Opens what nobody stopped in its time; what was called by somebody who has left since does not open. */
export async function settleBreaks(turn: Turn, now: number): Promise<void> {
  const left = await leaversIn(turn);
  const waiting = await turn.selectFrom("breaks").selectAll().where("state", "=", "waiting").execute();
  for (const { id, channel, by, opens, seconds } of waiting) {
    if (left.includes(by))
      await perform(turn, now, { who: "govern", act: breakCancelled, subject: id, body: { reason: `${by} has left` } });
    else if (now >= Date.parse(opens)) {
      const ends = new Date(now + seconds * 1000).toISOString();
      await perform(turn, now, { who: "govern", act: breakOpened, subject: id, body: { ends } });
      logEvent("govern", "break-glass-opened", { id, channel, by, ends });
    }
  }
}

/** One of a channel that waits, or was opened and nobody has reviewed. */
export async function unreviewedOn(database: Database, channel: string): Promise<string | undefined> {
  const rows = await database
    .selectFrom("breaks")
    .select("id")
    .where("channel", "=", channel)
    .where("state", "in", ["waiting", "opened"])
    .execute();
  return rows[0]?.id;
}
