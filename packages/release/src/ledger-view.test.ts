// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { formatNote } from "@countersign/tlog/note";
import { signerFromSeed, signNote } from "@countersign/tlog/signer";
import { treeRoot } from "@countersign/tlog/tree";
import { verifyContradiction } from "@countersign/trust/ledger/contradiction";
import type { Outcome } from "@countersign/trust/refusal";
import { compareSeen } from "./ledger-seen.ts";
import { lastEntries, openLedger, verifyLedger } from "./ledger-view.ts";
import { accepted, sampleRepository } from "./sample-repository.test-support.ts";

const scratch = await mkdtemp(join(tmpdir(), "ledger-view-"));
const repository = await sampleRepository(scratch);
await mkdir(join(scratch, "hello"));
await writeFile(join(scratch, "hello/file"), "hello");
for (const version of ["1.0.0", "1.0.1", "1.0.2"]) await repository.build(join(scratch, "hello"), version);
const { files, url: store, anchor } = repository;
const source = { store, anchor, now: Date.now() };

after(async () => {
  await repository[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

const codeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? "accepted" : outcome.refusal.code);

/** Serves another file while `work` runs. */
async function whileServing(path: string, change: (honest: Buffer) => Uint8Array, work: () => Promise<void>): Promise<void> {
  const honest = Buffer.from(files.get(path) ?? []);
  files.set(path, change(honest));
  await work();
  files.set(path, honest);
}

test("all entries together are the tree that was cosigned, and the newest are each proven", async () => {
  const ledger = accepted(await openLedger(source));
  assert.deepEqual(
    [...accepted(await verifyLedger(ledger))],
    [
      ["root", 1],
      ["provenance", 3],
    ],
  );
  const last = accepted(await lastEntries(ledger, 2));
  assert.deepEqual(
    last.map(({ index, entry }) => [index, entry.type]),
    [
      [2, "provenance"],
      [3, "provenance"],
    ],
  );
  assert.equal(accepted(await lastEntries(ledger, 99)).length, 4);
});

test("attack: a mirror shows another entry, or leaves one out", async () => {
  const ledger = accepted(await openLedger(source));
  await whileServing(
    "log/tile/entries/000.p/4",
    (honest) => Buffer.from(honest.toString("latin1").replace('"root"', '"toor"'), "latin1"),
    async () => {
      assert.equal(codeOf(await verifyLedger(ledger)), "entry-malformed");
    },
  );
  const forge = (honest: Buffer) => Buffer.from(honest.toString("latin1").replace(/"digest":"..../g, '"digest":"0000'), "latin1");
  await whileServing("log/tile/entries/000.p/4", forge, async () => {
    assert.equal(codeOf(await verifyLedger(ledger)), "ledger-inconsistent");
    assert.equal(codeOf(await lastEntries(ledger, 1)), "ledger-inconsistent");
  });
  await whileServing(
    "log/tile/entries/000.p/4",
    () => files.get("log/tile/entries/000.p/3") ?? new Uint8Array(),
    async () => {
      assert.equal(codeOf(await verifyLedger(ledger)), "ledger-inconsistent");
    },
  );
});

test("attack: a split view; whoever was shown another tree compares it, and has the evidence", async () => {
  const ledger = accepted(await openLedger(source));
  const signer = signerFromSeed(Buffer.alloc(32, 1), ledger.trust.origin, 1); // the sample's log
  const signed = async (size: number, root: Uint8Array): Promise<Buffer> => {
    const text = formatCheckpoint({ origin: ledger.trust.origin, size, root });
    return Buffer.from(formatNote(text, [await signNote(Buffer.from(text), signer)]));
  };
  const early = await signed(2, accepted(await treeRoot(2, ledger.readTile)));
  assert.deepEqual(accepted(await compareSeen(ledger, early)), { size: 2, contradiction: undefined });
  const split = accepted(await compareSeen(ledger, await signed(2, Buffer.alloc(32)))).contradiction;
  assert.ok(split);
  const { kind, smaller, larger } = accepted(verifyContradiction(split, ledger.trust));
  assert.deepEqual([kind, smaller, larger], ["forked", 2, 4]);
  assert.equal(codeOf(await compareSeen(ledger, await signed(9, Buffer.alloc(32)))), "checkpoint-newer");
  const stranger = Buffer.from(early.toString().replace("\n2\n", "\n3\n"));
  assert.equal(codeOf(await compareSeen(ledger, stranger)), "signature-invalid");
});

test("attack: a checkpoint without the witnesses", async () => {
  const alone = (honest: Buffer) => Buffer.from(`${honest.toString().split("\n").slice(0, 6).join("\n")}\n`);
  await whileServing("log/checkpoint", alone, async () => assert.equal(codeOf(await openLedger(source)), "witness-quorum-missing"));
});
