// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import { settleBreaks } from "./break-glass/settle-breaks.ts";
import type { Govern } from "./govern.ts";
import { openNext } from "./open-request.ts";
import { keepReviews } from "./review/keep-reviews.ts";
import { settleProposals, settleRequests } from "./settle.ts";
import { settleWindows } from "./settle-windows.ts";
import { inTurn } from "./turn.ts";

/** Brings everything here in step with what is published. */
export type Progress = () => Promise<void>;

const DAY = 86_400_000;

/**
 * Progress that runs one at a time, since it acts on what it saw published: settles what has arrived or was passed by another, gives up
 * requests that lost their base, and opens the next request of every channel, in one transaction. Again and again changes nothing.
 */
export function progressOf({ database, look, now }: Govern, channelDays: number): Progress {
  let last: Promise<void> = Promise.resolve();
  let said: string | undefined;
  const run: Progress = async () => {
    const published = await look();
    const code = published.ok ? undefined : published.refusal.code;
    if (!published.ok && said !== code) logEvent("govern", "repository-refused", { ...published.refusal }); // once, not at every look
    said = code;
    if (!published.ok) return;
    const time = now();
    const expires = `${new Date(time + channelDays * DAY).toISOString().slice(0, 19)}Z`;
    await inTurn(database, async (turn) => {
      await settleBreaks(turn, time);
      await keepReviews(turn, published.value, time);
      await settleProposals(turn, published.value, time);
      await settleRequests(turn, published.value, time);
      await settleWindows(turn, time);
      for (const channel of Object.keys(published.value.policy.channels)) await openNext(turn, channel, published.value, time, expires);
    });
  };
  return () => {
    last = last.then(run, run);
    return last;
  };
}
