// SPDX-License-Identifier: Apache-2.0
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

/** requested: somebody else has to approve it · open: grants are issued in it · closed: for ever, and every grant in it with it. */
export type WindowState = "requested" | "open" | "closed";

/** A bounded time in which one channel may be released. */
export type Window = Schema["windows"];

export async function windowOf(database: Database, id: string): Promise<Window | undefined> {
  return database.selectFrom("windows").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Whether grants of this window are alive at a time, in Unix milliseconds: it is open, and its end has not come, whether anybody has noted that or not. */
export function isOpen({ state, ends }: Pick<Window, "state" | "ends">, now: number): boolean {
  return state === "open" && ends !== null && now < Date.parse(ends);
}

/** How long a request waits for its approval. */
export const waitsMilliseconds = 86_400_000;
