// SPDX-License-Identifier: Apache-2.0
import type { Kysely } from "kysely";

/** Grants, what they were exchanged for, and what of them may not come twice. */
export async function grants(database: Kysely<never>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("grants")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("identity", "text", (column) => column.notNull())
    .addColumn("window", "text", (column) => column.notNull().references("windows.id"))
    .addColumn("duty", "text", (column) => column.notNull())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("uses", "integer", (column) => column.notNull())
    .addColumn("used", "integer", (column) => column.notNull())
    .addColumn("audience", "text", (column) => column.notNull())
    .addColumn("thumbprint", "text", (column) => column.notNull())
    .addColumn("issued", "text", (column) => column.notNull())
    .addColumn("expires", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("grants_of_window").on("grants").column("window").execute();
  await schema.createIndex("grants_of_identity").on("grants").columns(["identity", "issued"]).execute();
  await schema
    .createTable("tokens")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("grant", "text", (column) => column.notNull().references("grants.id"))
    .execute();
  await schema
    .createTable("proofs")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("grant", "text", (column) => column.notNull().references("grants.id"))
    .execute();
  await schema
    .createTable("renewals")
    .addColumn("identity", "text", (column) => column.primaryKey())
    .addColumn("confirmed", "text")
    .addColumn("offered", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("nonces")
    .addColumn("period", "integer", (column) => column.primaryKey())
    .addColumn("nonce", "text", (column) => column.notNull())
    .execute();
}
