// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Verdict } from "@countersign/trust/check";
import { anchorFile, dutyDirectory } from "@countersign/world/project";
import { sampleStatement } from "@countersign/world/sample-release";
import fc from "fast-check";
import { type ActRecord, actDigest } from "../act.ts";
import { openDatabase } from "../database.ts";
import { onBothEngines, postgresEngine, sqliteEngine } from "../engine.test-support.ts";
import { logActs } from "../entries.ts";
import { noncesAt } from "../nonces.ts";
import { type AskedRequest, type Scene, setScene } from "../scene.test-support.ts";
import { exportBytes, readExport, readerOf, remembering } from "./export-file.ts";
import { type PublicFacts, readPublicFacts } from "./public-facts.ts";
import { type GovernRecord, readRecord } from "./record.ts";
import { recordChecks } from "./record-checks.ts";
import { replay } from "./replay.ts";
import { restore } from "./restore.ts";
import { verifyRecord } from "./verify.ts";

type Acts = GovernRecord["acts"];

onBothEngines((engine) => {
  let scene: Scene;
  let anchor: Uint8Array;
  let record: GovernRecord;
  let facts: PublicFacts;
  let exported: Uint8Array;

  const refusing = async (change: Partial<GovernRecord>, now = Date.now()): Promise<readonly string[]> => {
    const { verdicts } = await verifyRecord({ ...record, ...change }, facts, now);
    return verdicts.filter(({ refusal }: Verdict) => refusal !== undefined).map(({ check }) => check);
  };
  const edited = (number: number, change: Partial<Acts[number]>): Acts =>
    record.acts.map((act) => (act.number === number ? { ...act, ...change } : act));
  const numberOf = (name: string): number => record.acts.find(({ act }) => act === name)?.number ?? 0;
  /** Chained anew, as somebody would who knows how. */
  const rechained = (acts: Acts): Acts => {
    let previous: Acts[number]["previous"] = null;
    return acts.map((act, index) => {
      const moved = { ...act, number: index + 1, previous };
      previous = actDigest({ ...moved, body: JSON.parse(moved.body) } as ActRecord);
      return { ...moved, digest: previous };
    });
  };

  before(async () => {
    scene = await setScene(1, engine);
    const { client, ground, govern, say, act, settle } = scene;
    assert.equal((await scene.register(client)).status, 201);
    const statement = await sampleStatement(ground);
    const digest = canonicalDigest(statement);
    await scene.window();
    assert.equal((await scene.propose(statement)).code, "ok");
    await client.post(`/proposals/${digest}/approvals`, await say("ann", "approve", statement));
    await settle();
    const [request] = (await client.get("/requests?state=open")).body["requests"] as AskedRequest[];
    assert.equal(request && (await scene.sign(request, "sign-ann")).code, "ok");
    await client.post("/identities/suspensions", await act("ben", "identity.suspend", "ci", { reason: "to see" }));
    const asked = await client.post(
      "/windows",
      await act("ben", "window.request", "stable", { seconds: 3600, releases: 1, reason: "to see" }),
    );
    const window = String(asked.body["id"]);
    assert.equal((await client.post("/windows/approvals", await act("ann", "window.approve", window, {}))).code, "ok");
    assert.equal((await client.post("/windows/ends", await act("cem", "window.close", window, {}))).code, "ok");
    await noncesAt(govern.database, Date.now());
    await logActs(govern, ground.ledger);
    record = await readRecord(govern.database);
    anchor = readFileSync(anchorFile(ground.project));
    const { reader, files } = remembering(ground.store);
    const read = await readPublicFacts(reader, anchor, Date.now());
    assert.ok(read.ok);
    facts = read.value;
    exported = exportBytes(record, files, Date.now());
  });
  after(() => scene[Symbol.asyncDispose]());

  test("an honest record verifies, every act in the ledger", async () => {
    const { verdicts, ok } = await verifyRecord(record, facts, Date.now());
    assert.ok(ok, JSON.stringify(verdicts.filter(({ refusal }) => refusal !== undefined)));
    assert.equal(verdicts.length, recordChecks.length);
    assert.ok(record.acts.length > 8 && record.acts.every(({ index }) => index !== null));
  });

  test("attack: an act is edited", async () => {
    const found = await refusing({ acts: edited(2, { who: "eve" }) });
    const isSigned = "evidence" in (JSON.parse(record.acts[1]?.body ?? "{}") as object);
    assert.ok(found.includes("record/chain") && found.includes("record/people") === isSigned);
    assert.deepEqual(
      await refusing({ acts: edited(2, { time: new Date().toISOString() }) }).then((names) => names.includes("record/chain")),
      true,
    );
  });

  test("attack: an act is dropped, two change places, one is inserted", async () => {
    const [first, second, ...rest] = record.acts;
    assert.ok(first && second);
    assert.ok((await refusing({ acts: [first, ...rest] })).includes("record/chain"));
    assert.ok((await refusing({ acts: [second, first, ...rest] })).includes("record/chain"));
    assert.ok((await refusing({ acts: [first, first, second, ...rest] })).includes("record/chain"));
    assert.ok((await refusing({ acts: record.acts.slice(0, -1) })).includes("record/complete"), "the newest one, which no other names");
  });

  test("attack: everything is written anew, chained as it should be", async () => {
    const without = rechained(record.acts.filter(({ number }) => number !== record.acts.length));
    const tables = await replay(without);
    assert.ok(tables.ok);
    assert.deepEqual(await refusing({ acts: without, tables: tables.value }), ["record/complete"], "only the ledger knows");
    const renamed = rechained(edited(numberOf("identity.registered"), { who: "eve" }));
    assert.deepEqual(await refusing({ acts: renamed }), ["record/logged", "record/complete", "record/people"]);
    const unlogged = rechained(edited(numberOf("identity.registered"), { who: "eve" })).map((act) => ({ ...act, index: null }));
    assert.ok((await refusing({ acts: unlogged }, Date.now() + 601_000)).includes("record/logged"), "and it was never logged");
  });

  test("attack: a row is edited, dropped or inserted", async () => {
    for (const [table, rows] of Object.entries(record.tables)) {
      const [row] = rows;
      if (row === undefined) continue;
      const [column = ""] = Object.keys(row);
      const tables = (changed: typeof rows): GovernRecord["tables"] => ({ ...record.tables, [table]: changed });
      assert.ok((await refusing({ tables: tables(rows.slice(1)) })).includes("record/tables"), `${table}: dropped`);
      assert.ok((await refusing({ tables: tables([...rows, row]) })).includes("record/tables"), `${table}: inserted`);
      assert.ok(
        (await refusing({ tables: tables([{ ...row, [column]: "x" }, ...rows.slice(1)]) })).includes("record/tables"),
        `${table}: edited`,
      );
    }
    assert.ok(
      (await refusing({ tables: { ...record.tables, backdoor: [{ name: "x" }] } })).includes("record/tables"),
      "a table that nobody made",
    );
  });

  test("attack: an administrator registers an identity, approves and counts a signature, with chain and tables as they should be", async () => {
    const forge = async (number: number, body: object): Promise<readonly string[]> => {
      const acts = rechained(edited(number, { body: JSON.stringify({ ...JSON.parse(record.acts[number - 1]?.body ?? ""), ...body }) }));
      return refusing({ acts });
    };
    const own = "00".repeat(64);
    const { record: registered, evidence } = JSON.parse(record.acts[numberOf("identity.registered") - 1]?.body ?? "");
    assert.ok(
      (await forge(numberOf("identity.registered"), { record: { ...registered, deputy: "ben" } })).includes("record/people"),
      "not what was signed",
    );
    const signatures = [{ ...evidence.signatures[0], sig: own }];
    assert.ok((await forge(numberOf("identity.registered"), { evidence: { ...evidence, signatures } })).includes("record/people"));
    const { approval } = JSON.parse(record.acts[numberOf("approval.given") - 1]?.body ?? "");
    const forged = { ...approval, signatures: [{ ...approval.signatures[0], sig: own }] };
    assert.ok((await forge(numberOf("approval.given"), { approval: forged })).includes("record/approvals"));
    assert.ok((await forge(numberOf("signature.counted"), { sig: own })).includes("record/signatures"));
  });

  test("any edit of any act, in any member, is found", { timeout: 120_000 }, async () => {
    const members = ["number", "previous", "time", "who", "act", "subject", "body", "digest", "index"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(record.acts.length - 1),
        fc.constantFrom(...members),
        fc.string({ minLength: 1 }),
        fc.boolean(),
        async (at, member, text, chain) => {
          const act = record.acts[at];
          assert.ok(act);
          const value = member === "number" || member === "index" ? (act[member] ?? 0) + text.length : `${act[member] ?? ""}${text}`;
          const acts = record.acts.with(at, { ...act, [member]: value } as Acts[number]);
          if (member === "body" && value === act.body) return;
          const changed = chain && member !== "body" ? rechained(acts) : acts;
          if (JSON.stringify(changed) === JSON.stringify(record.acts)) return; // chaining anew mended it
          assert.notDeepEqual(await refusing({ acts: changed }), []);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("an export is verified with the anchor alone, and an edit in it is found", async () => {
    const read = readExport(exported);
    assert.ok(read.ok);
    const offline = await readPublicFacts(readerOf(read.value), anchor, Date.parse(read.value.time));
    assert.ok(offline.ok);
    const now = Date.parse(read.value.time);
    assert.equal((await verifyRecord(read.value, offline.value, now)).ok, true);
    const text = Buffer.from(exported).toString().replace('"who":"ann"', '"who":"eve"');
    const lie = readExport(Buffer.from(text));
    assert.ok(lie.ok);
    assert.equal((await verifyRecord(lie.value, offline.value, now)).ok, false);
    const files = { ...read.value.files, "log/checkpoint": Buffer.from("lies").toString("base64") };
    assert.equal((await readPublicFacts(readerOf({ files }), anchor, now)).ok, false);
    assert.equal((await readPublicFacts(readerOf(read.value), Buffer.from("{}"), now)).ok, false);
  });

  test("a backup is restored into the same engine and the other, verifies there, and goes on", async () => {
    const read = readExport(exported);
    assert.ok(read.ok);
    for (const into of [sqliteEngine, postgresEngine]) {
      const database = await openDatabase(await into.create(dutyDirectory(scene.ground.project, "ledger")));
      try {
        const restored = await restore(database, read.value);
        assert.ok(restored.ok);
        assert.equal((await verifyRecord(restored.value, facts, Date.now())).ok, true, into.name);
        const again = await restore(database, read.value);
        assert.equal(again.ok ? "ok" : again.refusal.code, "database-not-empty");
      } finally {
        await database.destroy();
      }
    }
  });
});
