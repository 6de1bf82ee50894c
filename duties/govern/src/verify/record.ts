// SPDX-License-Identifier: Apache-2.0
import { sql } from "kysely";
import type { Database } from "../database.ts";
import type { Schema } from "../schema.ts";
import { inTurn } from "../turn.ts";

export type Row = Readonly<Record<string, string | number | null>>;

/** All that a govern has: its acts, and the tables that follow from them. */
export interface GovernRecord {
  readonly acts: readonly Schema["acts"][];
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** What follows from no act: the acts themselves, the lock, nonces, which are chance, and kysely's own. */
const besides = /^(?:acts|turn|nonces|kysely_.*)$/;

/** Reads everything at one moment, while nobody writes. */
export function readRecord(database: Database): Promise<GovernRecord> {
  return inTurn(database, async (turn) => ({
    acts: (await turn.selectFrom("acts").selectAll().orderBy("number").execute()).map((row) => ({ ...row })),
    tables: await readTables(turn),
  }));
}

/** Every table that follows from the acts, each row as plain data. */
export async function readTables(database: Database): Promise<GovernRecord["tables"]> {
  const found = await database.introspection.getTables();
  const names = found.map(({ name }) => name).filter((name) => !besides.test(name));
  const tables: Record<string, readonly Row[]> = {};
  for (const name of names.sort()) {
    const { rows } = await sql<Row>`select * from ${sql.table(name)}`.execute(database);
    tables[name] = rows.map((row) => ({ ...row }));
  }
  return tables;
}
