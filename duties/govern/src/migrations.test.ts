// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { openDatabase } from "./database.ts";
import { migrations } from "./migrations.ts";
import { nodeSqlite } from "./node-sqlite.ts";

const directory = mkdtempSync(join(tmpdir(), "migrations-"));
after(() => rmSync(directory, { recursive: true }));

test("a database of the first shape keeps its requests, signatures and trails, and then takes a request that adds nothing", async () => {
  const file = join(directory, "govern.sqlite");
  const old = new Kysely<Record<string, Record<string, unknown>>>({ dialect: new SqliteDialect({ database: nodeSqlite(file) }) });
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => ({ ...migrations }) } });
  assert.equal((await migrator.migrateTo("0001-first")).error, undefined);
  const proposal = {
    digest: "d",
    type: "release",
    product: "hello",
    channel: "stable",
    number: 1,
    body: "{}",
    change: "[]",
    state: "signed",
    proposed: "",
  };
  await old.insertInto("proposals").values(proposal).execute();
  const request = { id: "r", channel: "stable", added: "d", channelFile: "{}", heads: "{}", opened: "", state: "signed" };
  await old.insertInto("requests").values(request).execute();
  await old.insertInto("signatures").values({ request: "r", place: 0, keyid: "k", sig: "s" }).execute();
  await old.insertInto("trails").values({ request: "r", signer: "sign-ann", trail: "{}" }).execute();
  await old.destroy();

  const database = await openDatabase(file);
  try {
    const rows = async (table: "requests" | "signatures" | "trails") =>
      (await database.selectFrom(table).selectAll().execute()).map((row) => ({ ...row }));
    assert.deepEqual(await rows("requests"), [request]);
    assert.deepEqual(await rows("signatures"), [{ request: "r", place: 0, keyid: "k", sig: "s" }]);
    assert.deepEqual(await rows("trails"), [{ request: "r", signer: "sign-ann", trail: "{}" }]);
    const renewal = { ...request, id: "renewal" as never, added: null, state: "open" } as const;
    await assert.rejects(database.insertInto("requests").values(renewal).execute(), /UNIQUE/, "one live request a channel");
    await database.updateTable("requests").set({ state: "published" }).execute();
    await database.insertInto("requests").values(renewal).execute();
    await assert.rejects(
      database
        .insertInto("signatures")
        .values({ request: "none" as never, place: 0, keyid: "k", sig: "s" })
        .execute(),
      /FOREIGN KEY/,
    );
  } finally {
    await database.destroy();
  }
});
