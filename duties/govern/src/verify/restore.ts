// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { Database } from "../database.ts";
import { type GovernRecord, readRecord } from "./record.ts";
import { replayInto } from "./replay.ts";

/** Replays the acts of a backup into an empty database, of whichever engine. What is there afterwards is to be verified, like anything. */
export async function restore(database: Database, { acts }: Pick<GovernRecord, "acts">): Promise<Outcome<GovernRecord>> {
  const before = await database.selectFrom("acts").select("number").limit(1).executeTakeFirst();
  if (before !== undefined)
    return refuse("database-not-empty", "an empty database", "one with acts in it", "Name a new one: nothing is ever overwritten.");
  const replayed = await replayInto(database, acts);
  return replayed.ok ? accept(await readRecord(database)) : replayed;
}
