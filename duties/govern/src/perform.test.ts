// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { ActKind } from "./act-kind.ts";
import { type Database, openDatabase } from "./database.ts";
import { onBothEngines } from "./engine.test-support.ts";
import { evidence } from "./evidence.ts";
import { identityRetired } from "./identity-acts.ts";
import { perform } from "./perform.ts";
import { requestOpened } from "./request-acts.ts";
import { nothing } from "./shapes.ts";
import { inTurn } from "./turn.ts";
import { readRecord } from "./verify/record.ts";
import { recordChecks } from "./verify/record-checks.ts";
import { replay } from "./verify/replay.ts";

const directory = mkdtempSync(join(tmpdir(), "perform-"));
after(() => rmSync(directory, { recursive: true }));

onBothEngines((engine) => {
  const open = (database: Database, name: string): Promise<void> =>
    inTurn(database, async (turn) => {
      const body = { channel: name, added: null, channelFile: { name }, heads: {} };
      await perform(turn, Date.now(), { who: "govern", act: requestOpened, subject: canonicalDigest(name), body });
    });

  test("many at once, from several connections of two processes' pools, make one chain without a gap, and nothing deadlocks", async () => {
    const place = await engine.create(directory);
    // SQLite is one process's: node:sqlite waits for a lock with the whole thread
    const pools = engine.name === "SQLite" ? [await openDatabase(place)] : [await openDatabase(place), await openDatabase(place)];
    try {
      const names = Array.from({ length: 60 }, (_, index) => `channel-${index}`);
      await Promise.all(names.map((name, index) => open(pools[index % pools.length] as Database, name)));
      const candidate = await readRecord(pools[0] as Database);
      assert.equal(candidate.acts.length, names.length);
      const subject = { candidate, replayed: await replay(candidate.acts), facts: { ledger: [], delegators: [] }, now: Date.now() };
      for (const { name, examine } of recordChecks.slice(0, 2)) assert.ok(examine(subject).ok, name);
    } finally {
      for (const pool of pools) await pool.destroy();
    }
  });

  test("what fails in the middle has not happened, and leaves no gap", async () => {
    const database = await openDatabase(await engine.create(directory));
    try {
      await open(database, "first");
      const failing = inTurn(database, async (turn) => {
        const body = { channel: "second", added: null, channelFile: {}, heads: {} };
        await perform(turn, Date.now(), { who: "govern", act: requestOpened, subject: canonicalDigest("second"), body });
        throw new Error("a bug");
      });
      await assert.rejects(failing, /a bug/);
      await open(database, "third");
      const { acts, tables } = await readRecord(database);
      assert.deepEqual([acts.map(({ number }) => number), tables["requests"]?.length], [[1, 2], 2]);
    } finally {
      await database.destroy();
    }
  });

  test("a kind outside of the table, and an act that is not what its person signed, are not performed", async () => {
    const database = await openDatabase(await engine.create(directory));
    const stranger: ActKind<object> = { name: "request.signed", body: nothing, entry: "act", apply: async () => undefined };
    const signed = {
      _type: "act",
      spec: "countersign/1",
      act: "identity.retire",
      subject: "ci",
      body: { reason: "old" },
      time: "",
      nonce: "",
    };
    const proof = evidence.parse({ signatures: [{ keyid: "a", sig: "00" }], signed });
    try {
      const strange = inTurn(database, (turn) => perform(turn, 0, { who: "govern", act: stranger, subject: "x", body: {} }));
      await assert.rejects(strange, /table of kinds/);
      const other = { reason: "another", evidence: proof };
      const changed = inTurn(database, (turn) => perform(turn, 0, { who: "ann", act: identityRetired, subject: "ci", body: other }));
      await assert.rejects(changed, /otherwise than a person signed/);
      assert.deepEqual((await readRecord(database)).acts, []);
    } finally {
      await database.destroy();
    }
  });
});
