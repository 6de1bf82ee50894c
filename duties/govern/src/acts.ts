// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import type { Database } from "./database.ts";
import type { ProposalState, RequestState } from "./schema.ts";

/** Everything that happens here. */
export type ActName =
  | "identity.registered"
  | "entry.logged"
  | "approval.given"
  | "signature.counted"
  | `proposal.${ProposalState}`
  | `request.${RequestState}`;

export interface Act {
  /** The holder of the key that proved it, or `govern` for what follows by itself. */
  readonly who: string;
  readonly act: ActName;
  /** A name or a digest. */
  readonly subject: string;
}

/** Writes one line of the journal, in the transaction of what it tells. `now` is Unix milliseconds. */
export async function record(transaction: Database, now: number, act: Act): Promise<void> {
  await transaction
    .insertInto("acts")
    .values({ time: new Date(now).toISOString(), ...act })
    .execute();
}

const NEWEST = 1000;

/** `GET /acts`: the newest thousand, newest first. */
export function acts(database: Database): Hono {
  return new Hono().get("/", async (context) => {
    const rows = await database.selectFrom("acts").selectAll().orderBy("id", "desc").limit(NEWEST).execute();
    return context.json({ acts: rows });
  });
}
