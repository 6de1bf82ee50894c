// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Kysely, sql } from "kysely";
import { actDigest } from "../act.ts";
import { column } from "../column.ts";

const tables = ["identities", "proposals", "approvals", "entries", "requests", "signatures", "trails"] as const;

type Rows = readonly Readonly<Record<string, string | number | null>>[];

/**
 * The journal becomes a chain of acts. What is in the database by then becomes the first one: it says what was found, not how it came about. Identities
 * were registered by whoever could reach the port, so they are remembered there and no longer registered.
 */
export async function acts(database: Kysely<never>): Promise<void> {
  const found: Record<string, Rows> = { journal: await rowsOf(database, "acts") };
  for (const table of tables) found[table] = await rowsOf(database, table);
  const { schema } = database;
  await schema.dropTable("acts").execute();
  await schema
    .createTable("acts")
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("previous", "text", (column) => column.unique())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .addColumn("act", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull().unique())
    .addColumn("index", "integer")
    .execute();
  await sql`create index acts_to_log on acts (number) where "index" is null`.execute(database);
  await schema.dropTable("identities").execute();
  await schema
    .createTable("identities")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("keyid", "text")
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("record", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("evidence")
    .addColumn("digest", "text", (column) => column.primaryKey())
    .addColumn("act", "integer", (column) => column.notNull().references("acts.number"))
    .execute();
  await schema
    .createTable("turn")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .execute();
  await sql`insert into turn (id) values (1)`.execute(database);
  if (Object.values(found).every((rows) => rows.length === 0)) return;
  const time = new Date().toISOString();
  const record = { number: 1, previous: null, time, who: "govern", act: "history.adopted", subject: "database" };
  const digest = actDigest({ ...record, body: found as Json });
  await sql`insert into acts (number, previous, time, who, act, subject, body, digest, "index") values (${record.number}, ${record.previous},
    ${record.time}, ${record.who}, ${record.act}, ${record.subject}, ${column(found)}, ${digest}, null)`.execute(database);
}

async function rowsOf(database: Kysely<never>, table: string): Promise<Rows> {
  const { rows } = await sql<Rows[number]>`select * from ${sql.table(table)}`.execute(database);
  return rows.map((row) => ({ ...row }));
}
