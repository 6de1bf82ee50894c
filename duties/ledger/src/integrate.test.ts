// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { leafHash, sha256 } from "@countersign/tlog/hash";
import { verifyConsistency } from "@countersign/tlog/merkle";
import { signerFromSeed } from "@countersign/tlog/signer";
import { consistencyProof, treeRoot } from "@countersign/tlog/tree";
import { keyIdOf } from "@countersign/tlog/vkey";
import { integrate } from "./integrate.ts";
import { type LogFiles, logFiles } from "./log-files.ts";
import { resumeHead } from "./rollback.ts";
import { type Head, LedgerState } from "./state.ts";

const signer = signerFromSeed(sha256(Buffer.from("log")), "log.example", 1);
const log = { name: signer.name, type: signer.type, publicKey: signer.publicKey, keyId: keyIdOf(signer.name, 1, signer.publicKey) };
const root = mkdtempSync(join(tmpdir(), "integrate-"));
after(() => rmSync(root, { recursive: true }));

const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => sequencedEntry(`entry ${from + at}`));

function sequencedEntry(text: string) {
  const entry = Buffer.from(text);
  return { entry, leaf: leafHash(entry) };
}

/** The files of a machine that loses power before write number `last`. */
function failingAfter(last: number, store: string): LogFiles {
  const files = logFiles(store);
  let writes = 0;
  return {
    ...files,
    write: async (written) => {
      for (const file of written) {
        if (writes++ === last) throw new Error("power is gone");
        await files.write([file]);
      }
    },
  };
}

async function resume(state: LedgerState, files: LogFiles): Promise<Head> {
  const head = await resumeHead(state, files, signer, log, []);
  assert.ok(head.ok, JSON.stringify(head));
  return head.value;
}

test("power lost before any write of an append over a tile's border: the old tree stands, and the next try extends it", async () => {
  const writes = 7; // three bundles and four tiles
  for (let last = 0; last <= writes; last++) {
    const store = join(root, `store ${last}`);
    using state = new LedgerState(`${store}.sqlite`);
    state.sequence(entries(0, 250));
    const before = await integrate(await resume(state, logFiles(store)), state, logFiles(store), signer);

    state.sequence(entries(250, 600));
    const appending = integrate(before, state, failingAfter(last, store), signer);
    if (last === writes) {
      assert.equal((await appending).size, 600);
      break;
    }
    await assert.rejects(appending, /power is gone/);
    const resumed = await resume(state, logFiles(store));
    assert.deepEqual(resumed, before);
    state.sequence(entries(600, 601)); // what is written for the second try differs from what the first left
    const next = await integrate(resumed, state, logFiles(store), signer);
    assert.equal(next.size, 601);
    assert.deepEqual(await resume(state, logFiles(store)), next);
    const proof = await consistencyProof(before.size, next.size, logFiles(store).read);
    assert.ok(proof.ok && verifyConsistency(before.size, next.size, before.root, next.root, proof.value));
  }
});

test("tiles that were altered in the store are never signed over", async () => {
  const store = join(root, "altered");
  using state = new LedgerState(`${store}.sqlite`);
  state.sequence(entries(0, 5));
  const files = logFiles(store);
  const head = await integrate(await resume(state, files), state, files, signer);
  const tile = (await files.read("tile/0/000.p/5")) ?? new Uint8Array();
  tile.set(leafHash(Buffer.from("another entry")), 64);
  await files.write([{ path: "tile/0/000.p/5", bytes: tile }]);

  state.sequence(entries(5, 6));
  await assert.rejects(integrate(head, state, files, signer), /not those of its head/);
  assert.deepEqual(state.head(), head);
  const resumed = await resumeHead(state, files, signer, log, []);
  assert.equal(resumed.ok ? "ok" : resumed.refusal.code, "ledger-rolled-back");
});

test("an entry keeps its place, and a head moves only from where it was", async () => {
  using state = new LedgerState(join(root, "state.sqlite"));
  const [one, two, three] = entries(1, 4);
  assert.ok(one && two && three);
  assert.deepEqual(state.sequence([one, two, one]), [0, 1, 0]);
  assert.deepEqual(state.sequence([three, two]), [2, 1]);
  assert.deepEqual(
    state.entries(0, 9).map((entry) => Buffer.from(entry)),
    [one.entry, two.entry, three.entry],
  );
  assert.equal(state.placeOf(two.leaf), 1);

  const empty = await treeRoot(0, async () => undefined);
  assert.ok(empty.ok);
  const head = { size: 0, root: empty.value, note: "a" };
  state.begin(head);
  state.advance(head, { size: 1, root: one.leaf, note: "b" });
  assert.throws(() => state.advance(head, { size: 1, root: two.leaf, note: "c" }), /moved by someone else/);
  assert.equal(state.head()?.note, "b");
});
