// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { appendLeaves } from "@countersign/tlog/append";
import { encodeBundle } from "@countersign/tlog/bundle";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { encodeEntry } from "@countersign/tlog/entry";
import { EMPTY_ROOT, leafHash, sha256 } from "@countersign/tlog/hash";
import { formatNote, formatSignature } from "@countersign/tlog/note";
import { cosign, type NoteSigner, signerFromSeed, signNote } from "@countersign/tlog/signer";
import { bundlePath, tilesBetween } from "@countersign/tlog/tile";
import { keyIdOf, type Vkey } from "@countersign/tlog/vkey";
import { accept } from "@countersign/trust/refusal";
import type { Read } from "@countersign/trust/workflow/step";
import type { Cursor } from "./observation.ts";
import { readLedger } from "./read-ledger.ts";

const seed = (name: string) => sha256(Buffer.from(name));
const log = signerFromSeed(seed("log"), "log.example", 1);
const witnesses = ["w1.example", "w2.example"].map((name) => signerFromSeed(seed(name), name, 4));
const vkey = ({ name, type, publicKey }: NoteSigner): Vkey => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });
const trust = { origin: "log.example", log: vkey(log), witnesses: witnesses.map(vkey), quorum: 2 };
const start: Cursor = { size: 0, root: EMPTY_ROOT, note: "" };

const entry = (text: string) => encodeEntry({ type: "channel", digest: Buffer.from(seed(text)).toString("hex") });

/** The files of a log with these leaves, as a mirror serves them. */
async function logOf(leaves: readonly Uint8Array[]): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const grown = await appendLeaves(0, leaves.map(leafHash), async () => undefined);
  assert.ok(grown.ok);
  for (const { path, bytes } of grown.value.tiles) files.set(`log/${path}`, bytes);
  for (const { level, index, width } of tilesBetween(0, leaves.length))
    if (level === 0) files.set(`log/${bundlePath(index, width)}`, encodeBundle(leaves.slice(index * 256, index * 256 + width)));
  const text = formatCheckpoint({ origin: "log.example", size: leaves.length, root: grown.value.root });
  const note = Buffer.from(formatNote(text, [await signNote(Buffer.from(text), log)]));
  const cosigned = await Promise.all(witnesses.map((witness) => cosign(Buffer.from(text), 1_700_000_000, witness)));
  files.set("log/checkpoint", Buffer.concat([note, ...cosigned.map((signature) => Buffer.from(formatSignature(signature)))]));
  return files;
}

const serving =
  (files: ReadonlyMap<string, Uint8Array>): Read =>
  async (path) =>
    accept(files.get(path));

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
  assert.equal((await readLedger(serving(await logOf(forked)), trust, cursor)).state, "contradicted");
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
