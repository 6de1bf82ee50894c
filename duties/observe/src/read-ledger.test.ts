// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBundle } from "@countersign/tlog/bundle";
import { parseEntry } from "@countersign/tlog/entry";
import { EMPTY_ROOT } from "@countersign/tlog/hash";
import { formerLogPrefix } from "@countersign/tlog/log-path";
import { contradictionOf, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { accept } from "@countersign/trust/refusal";
import { must } from "@countersign/trust/simulator.test-support";
import { LedgerCopy } from "./ledger-copy.ts";
import { entry, logOf, serving, trust } from "./log-files.test-support.ts";
import type { Cursor } from "./observation.ts";
import { readFormerLog, readLedger } from "./read-ledger.ts";

const start: Cursor = { size: 0, root: EMPTY_ROOT, note: "" };

async function cursorAt(leaves: readonly Uint8Array[]): Promise<Cursor> {
  const reading = await readLedger(serving(await logOf(leaves)), trust, start);
  assert.ok(reading.state === "read", JSON.stringify(reading));
  const { note, checkpoint } = reading.checkpoint;
  return { size: checkpoint.size, root: checkpoint.root, note };
}

const many = (count: number) => Array.from({ length: count }, (_, number) => entry(`${number}`));

test("the ledger is read on from where it was, over the borders of tiles, each entry in its place", async () => {
  for (const [from, to] of [
    [0, 1],
    [1, 255],
    [255, 257],
    [250, 600],
    [512, 512],
  ] as const) {
    const cursor = from === 0 ? start : await cursorAt(many(from));
    const files = await logOf(many(to)); // a log that keeps no partial tile of its older trees
    const reading = await readLedger(serving(files), trust, cursor);
    assert.ok(reading.state === "read", JSON.stringify({ from, to, reading }));
    assert.deepEqual(
      reading.entries.map(({ index }) => index),
      Array.from({ length: to - from }, (_, at) => from + at),
    );
  }
});

test("a leaf that is no entry is said, and hides nothing that comes after it", async () => {
  const reading = await readLedger(serving(await logOf([entry("a"), Buffer.from("not an entry"), entry("b")])), trust, start);
  assert.ok(reading.state === "read");
  assert.deepEqual([reading.foreign, reading.entries.map(({ index }) => index)], [[1], [0, 2]]);
});

test("a ledger that forks, shrinks, or serves other entries than it signed, contradicts itself, however well it is cosigned", async () => {
  const cursor = await cursorAt(many(5));
  const forked = [entry("fork"), ...many(8).slice(1)];
  const reading = await readLedger(serving(await logOf(forked)), trust, cursor);
  assert.ok(reading.state === "contradicted");
  const shown = verifyContradiction(
    contradictionOf({ note: cursor.note, checkpoint: cursor }, { note: reading.note, checkpoint: reading }, reading.prefix),
    trust,
  );
  assert.deepEqual(
    shown,
    accept({ kind: "forked", smaller: 5, larger: 8, witnesses: ["w1.example", "w2.example"] }),
    "anybody can verify it",
  );
  assert.equal((await readLedger(serving(await logOf(forked.slice(0, 5))), trust, cursor)).state, "contradicted");
  assert.equal((await readLedger(serving(await logOf(many(4))), trust, cursor)).state, "contradicted");

  const altered = await logOf(many(8));
  altered.set("log/tile/entries/000.p/8", encodeBundle([...many(7), entry("other")]));
  assert.equal((await readLedger(serving(altered), trust, cursor)).state, "contradicted");
});

test("what is missing, or signed by too few, is refused; a ledger that never was is absent", async () => {
  const code = async (files: Map<string, Uint8Array>, cursor = start) => {
    const reading = await readLedger(serving(files), trust, cursor);
    return reading.state === "refused" ? reading.refusal.code : reading.state;
  };
  assert.equal(await code(new Map()), "absent");
  assert.equal(await code(new Map(), await cursorAt(many(3))), "ledger-missing");
  const files = await logOf(many(3));
  const note = Buffer.from(files.get("log/checkpoint") ?? []).toString();
  assert.equal(await code(new Map(files).set("log/checkpoint", Buffer.from(note.replace(/\u2014 w2.*\n/, "")))), "witness-quorum-missing");
  files.delete("log/tile/entries/000.p/3");
  assert.equal(await code(files), "missing-file");
});

/** A root that follows `next`, and pins the log of before at these leaves. */
async function movedOn(leaves: readonly Uint8Array[]) {
  const { size, root } = await cursorAt(leaves);
  const final = { origin: trust.origin, size, root };
  const before = [...(await logOf(many(7))), ...(await logOf(many(9)))].map(
    ([path, bytes]) => [path.replace("log/", formerLogPrefix(trust.origin)), bytes] as const,
  );
  return { files: new Map(before), over: { ...trust, final } };
}

test("a log that is over is read to the tree that root pins, and no further; then the next one from its first entry", async () => {
  const { files, over } = await movedOn(many(7));
  const reading = await readFormerLog(serving(files), over, await cursorAt(many(3)), [5, 4]);
  assert.ok(reading.state === "read", JSON.stringify(reading));
  assert.deepEqual(
    reading.entries.map(({ index }) => index),
    [3, 4, 5, 6],
  );
  assert.deepEqual([reading.checkpoint.checkpoint.size, reading.checkpoint.times], [7, [5, 4]]);
  const further = await readFormerLog(serving(files), over, await cursorAt(many(9)), []);
  assert.ok(further.state === "read" && further.entries.length === 0, "what was read beyond it before stays read");

  using copy = new LedgerCopy(":memory:");
  const step = { versions: {}, path: undefined, published: [], time: 1 };
  const all = many(7).map((bytes, index) => ({ index, entry: must(parseEntry(bytes)) }));
  copy.advance({ ...step, cursor: await cursorAt(many(7)), entries: all });
  copy.readPast(5);
  copy.leave(trust.origin);
  assert.deepEqual([copy.cursor.size, copy.cursor.note, copy.hasLeft(trust.origin), copy.hasLeft("next.example")], [0, "", true, false]);
  const next = { index: 0, entry: must(parseEntry(entry("next"))) };
  copy.advance({ ...step, cursor: { size: 1, root: EMPTY_ROOT, note: "n" }, entries: [next] });
  assert.deepEqual(copy.entriesFrom(copy.readThrough, 9), [{ ...all[5], index: -2 }, { ...all[6], index: -1 }, next]);
  assert.ok(copy.has(must(parseEntry(many(1)[0] ?? entry("")))));
});

test("attack: a root that pins another tree than the one that was read, from before it or beyond it", async () => {
  const { files, over } = await movedOn(many(7));
  const other = { ...over, final: { ...over.final, root: EMPTY_ROOT } };
  for (const read of [3, 7, 9])
    assert.equal((await readFormerLog(serving(files), other, await cursorAt(many(read)), [])).state, "contradicted", `${read}`);
  assert.equal((await readFormerLog(serving(new Map()), over, await cursorAt(many(3)), [])).state, "refused", "its files are kept back");
});
