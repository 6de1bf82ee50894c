// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";

/** Windows, in which one channel may be released for a while. */
export async function windows(database: Kysely<never>): Promise<void> {
  await database.schema
    .createTable("windows")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("seconds", "integer", (column) => column.notNull())
    .addColumn("releases", "integer", (column) => column.notNull())
    .addColumn("requestedBy", "text", (column) => column.notNull())
    .addColumn("requested", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("openedBy", "text")
    .addColumn("opened", "text")
    .addColumn("ends", "text")
    .addColumn("closedBy", "text")
    .addColumn("closed", "text")
    .addColumn("why", "text")
    .execute();
  await sql`create index windows_not_closed on windows (channel) where state <> 'closed'`.execute(database);
}
