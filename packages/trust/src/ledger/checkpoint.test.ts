// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNote } from "@countersign/tlog/note";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { formatVkey, parseVkey } from "@countersign/tlog/vkey";
import fc from "fast-check";
import { judge } from "../check.ts";
import { codeOf, digestOf, ledger, must, TestLog } from "../simulator.test-support.ts";
import { claimedCheckpoint, cosignedCheck, inclusionTime, isOfLog, ledgerSizeCheck, witnessedTime } from "./checkpoint.ts";

async function noteOf(entries: number, times: readonly (number | undefined)[], seed = "entry"): Promise<string> {
  const log = new TestLog();
  for (let index = 0; index < entries; index++) await log.append({ type: "root", digest: digestOf(`${seed} ${index}`) });
  return log.note(times);
}
const claim = async (entries: number, times: readonly (number | undefined)[], seed?: string) =>
  must(claimedCheckpoint(await noteOf(entries, times, seed), ledger));

test("witnessed time: one witness alone moves it neither forward nor back", async () => {
  assert.equal(witnessedTime(await claim(1, [100, 100, 100]), 2), 100);
  assert.equal(witnessedTime(await claim(1, [100, 100, 9_999_999_999]), 2), 100);
  assert.equal(witnessedTime(await claim(1, [100, 100, 1]), 2), 100);
  assert.equal(witnessedTime(await claim(1, [100, undefined, 9_999_999_999]), 2), 100);
  assert.equal(witnessedTime(await claim(1, [100]), 2), 0);
});

test("inclusion time: one witness alone cannot backdate an entry", async () => {
  assert.equal(inclusionTime(await claim(1, [100, 100, 100]), 2), 100);
  assert.equal(inclusionTime(await claim(1, [100, 100, 1]), 2), 100);
  assert.equal(inclusionTime(await claim(1, [100, undefined, 1]), 2), 100);
  assert.equal(inclusionTime(await claim(1, [100, 200, 9_999_999_999]), 2), 200);
  assert.equal(inclusionTime(await claim(1, [100]), 2), Number.POSITIVE_INFINITY);
});

test("whatever one of three witnesses claims, both times stay within what the honest two say", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1000, max: 2000 }),
      fc.integer({ min: 1000, max: 2000 }),
      fc.nat(2 ** 40),
      fc.nat(2),
      async (a, b, lie, at) => {
        const checkpoint = await claim(1, [a, b].toSpliced(at, 0, lie));
        for (const time of [witnessedTime(checkpoint, 2), inclusionTime(checkpoint, 2)])
          assert.ok(time >= Math.min(a, b) && time <= Math.max(a, b));
      },
    ),
    { numRuns: 50 },
  );
});

test("attack: witnesses that claim no time, or one beyond all dates, backdate nothing and break nothing", async () => {
  const silent = await claim(1, [0, 0, 100]);
  assert.deepEqual(silent.times, [100]);
  assert.equal(inclusionTime(silent, 2), Number.POSITIVE_INFINITY);
  assert.deepEqual((await claim(1, [2 ** 53 - 1, 100, 100])).times, [100, 100]);
});

test("attack: an old cosignature of a witness behind its new one does not replace it", async () => {
  const [older, newer] = [await noteOf(1, [50, 50, 50]), await noteOf(1, [100, 100, 100])];
  const lines = (note: string) =>
    note
      .slice(note.indexOf("\n\n") + 2)
      .split("\n")
      .slice(1, -1);
  assert.equal(must(parseNote(Buffer.from(newer))).signatures.length, 4);
  const both = `${newer}${lines(older).join("\n")}\n`;
  const claimed = must(claimedCheckpoint(both, ledger));
  assert.deepEqual(claimed.times, [100, 100, 100]);
  assert.deepEqual(claimed.times, must(verifyCosigned(Buffer.from(both), ledger)).times);
});

test("a checkpoint counts when its log and a quorum of witnesses signed it", async () => {
  const check = async (note: string) =>
    codeOf(judge({ candidate: must(claimedCheckpoint(note, ledger)), ledger }, [cosignedCheck("x")]).outcome);
  const note = await noteOf(3, [100, 100]);
  assert.equal(await check(note), "accepted");
  assert.equal(await check(await noteOf(3, [100])), "witness-quorum-missing");
  assert.equal(await check(await noteOf(3, [100, 0])), "witness-quorum-missing");
  assert.equal(await check(note.replace("\n3\n", "\n4\n")), "signature-invalid");
  const withoutLog = note
    .split("\n")
    .filter((line) => !line.includes("— log.example"))
    .join("\n");
  assert.equal(await check(withoutLog), "log-signature-missing");
});

test("attack: a ledger that is shorter than the one seen, or another one of its size", async () => {
  const remembered = (await claim(5, [1, 1])).checkpoint;
  const code = async (entries: number, seed?: string) =>
    codeOf(judge({ candidate: await claim(entries, [1, 1], seed), ledger, remembered }, [ledgerSizeCheck("x")]).outcome);
  assert.equal(await code(5), "accepted");
  assert.equal(await code(6), "accepted");
  assert.equal(await code(4), "ledger-rolled-back");
  assert.equal(await code(5, "fork"), "ledger-forked");
});

test("a log that root names anew begins from nothing, and what is remembered of another log is no measure of it", async () => {
  const remembered = { ...(await claim(5, [1, 1])).checkpoint, origin: "old.example" };
  const judged = judge({ candidate: await claim(1, [1, 1]), ledger, remembered }, [cosignedCheck("x"), ledgerSizeCheck("x")]);
  assert.equal(codeOf(judged.outcome), "accepted");
});

test("attack: a stolen log key; root keeps the log's name and gives it another key, and what the old key signed is no measure of the new log", async () => {
  const seen = await claim(5, [1, 1]);
  const [witness] = ledger.witnesses;
  assert.ok(witness);
  const own = must(parseVkey(formatVkey(ledger.log.name, 1, witness.publicKey)));
  assert.equal(isOfLog(seen, ledger), true);
  assert.equal(isOfLog(seen, { ...ledger, log: own }), false);
  assert.equal(isOfLog(seen, { ...ledger, origin: "new.example" }), false);
});

test("attack: after root has named another log, a checkpoint of the old one", async () => {
  const moved = { ...ledger, origin: "new.example" };
  const candidate = await claim(9, [1, 1]);
  const judged = judge({ candidate, ledger: moved, remembered: undefined }, [cosignedCheck("x"), ledgerSizeCheck("x")]);
  assert.notEqual(codeOf(judged.outcome), "accepted");
});
