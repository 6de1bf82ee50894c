// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { actDigest } from "./act.ts";
import { openDatabase } from "./database.ts";
import { migrations } from "./migrations.ts";
import { sqlite } from "./sqlite.ts";

const directory = mkdtempSync(join(tmpdir(), "migrations-"));
after(() => rmSync(directory, { recursive: true }));

test("a database of the first shape keeps its requests, signatures and trails, and then takes a request that adds nothing", async () => {
  const file = join(directory, "govern.sqlite");
  const old = new Kysely<Record<string, Record<string, unknown>>>({ dialect: sqlite(file) });
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
  await old.insertInto("identities").values({ name: "eve", keyid: "e", record: "{}" }).execute();
  await old.insertInto("acts").values({ id: 7, time: "", who: "eve", act: "identity.registered", subject: "eve" }).execute();
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
    assert.deepEqual(await database.selectFrom("identities").selectAll().execute(), [], "no owner signed for them");
    const [adopted, ...others] = await database.selectFrom("acts").selectAll().execute();
    assert.ok(adopted);
    assert.deepEqual(others, []);
    assert.deepEqual([adopted.number, adopted.previous, adopted.act, adopted.index], [1, null, "history.adopted", null]);
    assert.equal(adopted.digest, actDigest({ ...adopted, body: JSON.parse(adopted.body) }));
    const { journal, identities } = JSON.parse(adopted.body);
    assert.deepEqual([journal.length, identities.length], [1, 1], "remembered all the same");
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
