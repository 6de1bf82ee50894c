// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";

/** The first shape of the database. */
export async function first(database: Kysely<never>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("identities")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("keyid", "text", (column) => column.notNull().unique())
    .addColumn("record", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("proposals")
    .addColumn("digest", "text", (column) => column.primaryKey())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("product", "text", (column) => column.notNull())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("change", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("proposed", "text", (column) => column.notNull())
    .execute();
  // Two people may propose at once; the database decides who was first.
  await sql`create unique index one_proposal_a_number on proposals (channel, product, type, number)
    where state <> 'superseded'`.execute(database);
  await schema
    .createTable("approvals")
    .addColumn("proposal", "text", (column) => column.notNull().references("proposals.digest"))
    .addColumn("place", "integer", (column) => column.notNull())
    .addColumn("envelope", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("approvals_key", ["proposal", "place"])
    .execute();
  await schema
    .createTable("entries")
    .addColumn("digest", "text", (column) => column.primaryKey())
    .addColumn("entry", "text", (column) => column.notNull())
    .addColumn("index", "integer")
    .addColumn("proof", "text")
    .execute();
  await schema
    .createTable("requests")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("added", "text", (column) => column.notNull().references("proposals.digest"))
    .addColumn("channelFile", "text", (column) => column.notNull())
    .addColumn("heads", "text", (column) => column.notNull())
    .addColumn("opened", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .execute();
  await sql`create unique index one_request_a_channel on requests (channel) where state in ('open', 'signed')`.execute(database);
  await schema
    .createTable("signatures")
    .addColumn("request", "text", (column) => column.notNull().references("requests.id"))
    .addColumn("place", "integer", (column) => column.notNull())
    .addColumn("keyid", "text", (column) => column.notNull())
    .addColumn("sig", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("signatures_key", ["request", "keyid"])
    .execute();
  await schema
    .createTable("trails")
    .addColumn("request", "text", (column) => column.notNull().references("requests.id"))
    .addColumn("signer", "text", (column) => column.notNull())
    .addColumn("trail", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("trails_key", ["request", "signer"])
    .execute();
  await schema
    .createTable("acts")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("time", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .addColumn("act", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .execute();
}
