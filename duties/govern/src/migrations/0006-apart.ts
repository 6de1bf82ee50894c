// SPDX-License-Identifier: Apache-2.0
import type { Kysely } from "kysely";

/** Who answered for whom, and when; which accounts are one human's; the policies that were seen, which say so, too. */
export async function apart({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable("tenures")
    .addColumn("act", "integer", (column) => column.notNull().references("acts.number"))
    .addColumn("of", "text", (column) => column.notNull())
    .addColumn("by", "text", (column) => column.notNull())
    .addColumn("as", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("since", "text", (column) => column.notNull())
    .addColumn("until", "text")
    .addPrimaryKeyConstraint("tenures_key", ["act", "of", "by", "as"])
    .execute();
  await schema
    .createTable("links")
    .addColumn("account", "text", (column) => column.notNull())
    .addColumn("other", "text", (column) => column.notNull())
    .addColumn("as", "text", (column) => column.notNull())
    .addColumn("by", "text", (column) => column.notNull())
    .addColumn("since", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("links_key", ["account", "other", "as", "by"])
    .execute();
  await schema
    .createTable("policies")
    .addColumn("act", "integer", (column) => column.primaryKey().references("acts.number"))
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .execute();
}
