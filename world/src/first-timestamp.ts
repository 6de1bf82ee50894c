// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import { exchange } from "@countersign/daemon/client";

const PATIENCE_MILLISECONDS = 120_000;

/** Waits until publish has written the first timestamp: before it there is no repository that anybody can read. Throws where none comes. */
export async function firstTimestamp(distribute: string): Promise<void> {
  const url = `${distribute}/metadata/timestamp.json`;
  for (const until = Date.now() + PATIENCE_MILLISECONDS; Date.now() < until; await sleep(50)) {
    const answer = await exchange(url);
    if (answer.ok && answer.value.status === 200) return;
  }
  throw new Error(`publish wrote no timestamp: there is nothing at ${url}. What hinders it is in its log.jsonl.`);
}
