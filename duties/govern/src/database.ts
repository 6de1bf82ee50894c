// SPDX-License-Identifier: Apache-2.0
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { migrations } from "./migrations.ts";
import { nodeSqlite } from "./node-sqlite.ts";
import type { Schema } from "./schema.ts";

/** The database, or a transaction in it: one connection, so that transactions follow one another. */
export type Database = Kysely<Schema>;

/** Opens the database file and brings it to the newest shape; durable with every commit. Throws where that fails. */
export async function openDatabase(file: string): Promise<Database> {
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: nodeSqlite(file) }) });
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error(`the database ${file} could not be migrated`, { cause: error });
  return database;
}
