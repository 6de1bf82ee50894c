// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";

/** A request may add nothing. SQLite does not loosen a column, so its table and those that refer to it are made anew, the referring ones gone first. */
export async function renewals(database: Kysely<never>): Promise<void> {
  const run = (statement: string): Promise<unknown> => sql.raw(statement).execute(database);
  await run(`create table renewed (id text primary key, channel text not null, added text references proposals (digest), "channelFile" text not null,
    heads text not null, opened text not null, state text not null)`);
  await run(`insert into renewed select id, channel, added, "channelFile", heads, opened, state from requests`);
  for (const [table, columns, key] of [
    ["signatures", "place integer not null, keyid text not null, sig text not null", "keyid"],
    ["trails", "signer text not null, trail text not null", "signer"],
  ]) {
    await run(
      `create table kept (request text not null references renewed (id), ${columns}, constraint ${table}_of_request primary key (request, ${key}))`,
    );
    await run(`insert into kept select * from ${table}`);
    await run(`drop table ${table}`);
    await run(`alter table kept rename to ${table}`);
  }
  await run("drop table requests");
  await run("alter table renewed rename to requests");
  await run("create unique index one_request_a_channel on requests (channel) where state in ('open', 'signed')");
}
