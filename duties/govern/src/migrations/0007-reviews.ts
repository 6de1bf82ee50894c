// SPDX-License-Identifier: Apache-2.0
import type { Kysely } from "kysely";

/** People who left and the keys that go with them; campaigns of access reviews, and who is withheld; glass that was broken. */
export async function reviews({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable("leavers")
    .addColumn("person", "text", (column) => column.primaryKey())
    .addColumn("by", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("left", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("rotations")
    .addColumn("person", "text", (column) => column.notNull().references("leavers.person"))
    .addColumn("keyid", "text", (column) => column.notNull())
    .addColumn("roles", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("rotations_key", ["person", "keyid"])
    .execute();
  await schema
    .createTable("campaigns")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("startedBy", "text", (column) => column.notNull())
    .addColumn("started", "text", (column) => column.notNull())
    .addColumn("deadline", "text", (column) => column.notNull())
    .addColumn("reminders", "integer", (column) => column.notNull())
    .addColumn("closed", "text")
    .execute();
  await schema
    .createTable("items")
    .addColumn("campaign", "text", (column) => column.notNull().references("campaigns.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("lastUsed", "text")
    .addColumn("answer", "text")
    .addColumn("by", "text")
    .addColumn("at", "text")
    .addPrimaryKeyConstraint("items_key", ["campaign", "name"])
    .execute();
  await schema
    .createTable("withheld")
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("since", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("withheld_key", ["person", "channel"])
    .execute();
  await schema
    .createTable("breaks")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("release", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("by", "text", (column) => column.notNull())
    .addColumn("called", "text", (column) => column.notNull())
    .addColumn("opens", "text", (column) => column.notNull())
    .addColumn("seconds", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("cancelledBy", "text")
    .addColumn("reviewedBy", "text")
    .addColumn("finding", "text")
    .execute();
}
