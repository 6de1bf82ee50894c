// SPDX-License-Identifier: Apache-2.0
import { type Dialect, Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { migrations } from "./migrations.ts";
import { postgres } from "./postgres.ts";
import type { Schema } from "./schema.ts";
import { sqlite } from "./sqlite.ts";

/** The database, or a transaction in it. */
export type Database = Kysely<Schema>;

/**
 * Opens the database that the configuration names, a file of SQLite or the URL of PostgreSQL, and brings it to the newest shape; durable with every
 * commit. Throws where that fails.
 */
export async function openDatabase(place: string): Promise<Database> {
  const database = new Kysely<Schema>({ dialect: dialectOf(place) });
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return database;
  await database.destroy();
  throw new Error(`the database ${withoutPassword(place)} could not be migrated`, { cause: error });
}

export function isPostgres(place: string): boolean {
  return /^postgres(ql)?:/.test(place);
}

export function dialectOf(place: string): Dialect {
  return isPostgres(place) ? postgres(place) : sqlite(place);
}

export function withoutPassword(place: string): string {
  return place.replace(/:[^:@/]*@/, "@");
}
