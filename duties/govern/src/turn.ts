// SPDX-License-Identifier: Apache-2.0
import type { Database } from "./database.ts";

declare const turnBrand: unique symbol;

/** A transaction that has the database to itself for writing. `inTurn` makes one. */
export type Turn = Database & { readonly [turnBrand]: true };

/**
 * Runs what may perform acts. Whoever writes takes turns, across processes too: the first statement locks the one row of `turn` (on SQLite the
 * file), so that the chain has one end, nobody acts on what another is changing, and nobody waits for two things at once.
 */
export function inTurn<T>(database: Database, work: (turn: Turn) => Promise<T>): Promise<T> {
  return database.transaction().execute(async (transaction) => {
    await transaction.updateTable("turn").set({ id: 1 }).execute();
    return work(transaction as unknown as Turn);
  });
}
