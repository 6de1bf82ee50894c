// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningDuty } from "@countersign/daemon/child";
import { request } from "@countersign/daemon/client";
import { integrate } from "@countersign/ledger/integrate";
import { logFiles } from "@countersign/ledger/log-files";
import { openLedger } from "@countersign/ledger/open-ledger";
import { appendLeaves } from "@countersign/tlog/append";
import { decodeBundle, encodeBundle } from "@countersign/tlog/bundle";
import { encodeEntry, parseEntry } from "@countersign/tlog/entry";
import { equalBytes, leafHash } from "@countersign/tlog/hash";
import { verifyTlogProof } from "@countersign/tlog/proof";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { accept } from "@countersign/tlog/refusal";
import { bundlePath, TILE_WIDTH, tileWidth } from "@countersign/tlog/tile";
import { layGround, type WitnessedLog } from "../crash/witnessed-log.ts";
import { atLeast, atMost, bytes, count, type Figure, median, milliseconds, shown, times } from "./figure.ts";

/** Entries in one batch: as many as a ledger lets wait. */
const BATCH = 4096;
const BATCHES = 6;
/** Who send a bundle each, one after the other: together, a batch. */
const CLIENTS = BATCH / TILE_WIDTH;
const SINGLES = 200;

/** What is promised of the ledger, in one run, with the disk's own rate beside it: durable appends, with and without witnesses; the time to a proof; reading it all. */
export async function benchLedger(progress: (text: string) => void): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), "countersign-bench-ledger-"));
  try {
    await using ground = await layGround(directory, 2);
    const [alone, witnessed] = ground.logs;
    if (alone === undefined || witnessed === undefined) throw new Error("two logs were asked for");
    progress("the disk");
    const fsyncs = fsyncRate(directory);
    progress(`${BATCHES} batches of ${BATCH} without witnesses`);
    const signed = await signedRate(alone);
    progress(`${BATCHES} batches of ${BATCH}, witnessed; then ${SINGLES} entries, one after the other`);
    return [
      shown("the disk: 4 KiB written and synced, a second", count(Math.round(fsyncs))),
      shown(`durable appends a second in batches of ${count(BATCH)}, signed and not witnessed`, count(Math.round(signed))),
      ...(await witnessedFigures(witnessed, fsyncs)),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function fsyncRate(directory: string): number {
  const file = openSync(join(directory, "sync"), "w");
  const block = Buffer.alloc(4096, 1);
  const began = performance.now();
  let syncs = 0;
  for (; performance.now() - began < 1000; syncs++) {
    writeSync(file, block);
    fsyncSync(file);
  }
  closeSync(file);
  return (syncs * 1000) / (performance.now() - began);
}

function entries(from: number, howMany: number): readonly Uint8Array[] {
  return Array.from({ length: howMany }, (_, at) =>
    encodeEntry({
      type: "provenance",
      digest: createHash("sha256")
        .update(`${from + at}`)
        .digest("hex"),
    }),
  );
}

/** Sequenced, in tiles and signed, all of it on disk: what a ledger does before it asks anybody. */
async function signedRate(log: WitnessedLog): Promise<number> {
  const opened = await openLedger(log.config);
  if (!opened.ok) throw new Error(opened.refusal.found);
  const { state, files, signer } = opened.value.parts;
  let { head } = opened.value;
  const batches = Array.from({ length: BATCHES }, (_, batch) => entries(batch * BATCH, BATCH));
  const began = performance.now();
  for (const batch of batches) {
    state.sequence(batch.map((entry) => ({ entry, leaf: leafHash(entry) })));
    head = await integrate(head, state, files, signer);
  }
  return (head.size * 1000) / (performance.now() - began);
}

/** From outside, over HTTP on loopback, against the process that ships and three witnesses: every answer is a proof. */
async function witnessedFigures(log: WitnessedLog, fsyncs: number): Promise<readonly Figure[]> {
  const running = await log.start();
  try {
    const began = performance.now();
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let batch = 0; batch < BATCHES; batch++) await append(running, entries((batch * CLIENTS + client) * TILE_WIDTH, TILE_WIDTH));
    });
    await Promise.all(clients);
    const rate = (BATCHES * BATCH * 1000) / (performance.now() - began);

    const single = entries(BATCHES * BATCH, SINGLES);
    const waits: number[] = [];
    let proof = "";
    for (const entry of single) {
      const asked = performance.now();
      [proof = ""] = await append(running, [entry]);
      waits.push(performance.now() - asked);
    }
    const sorted = waits.toSorted((a, b) => a - b);
    const verifying = Array.from({ length: 50 }, () => {
      const asked = performance.now();
      if (!verifyTlogProof(proof, single.at(-1) ?? new Uint8Array(), log.trust).ok) throw new Error("the proof does not verify");
      return performance.now() - asked;
    });
    return [
      atLeast(
        `durable appends a second in batches of ${count(BATCH)}, each with a proof that 2 of 3 witnesses cosigned`,
        rate,
        5000,
        (value) => count(Math.round(value)),
      ),
      shown("the same over the disk's syncs", times(rate / fsyncs)),
      shown("one entry alone, from append to witnessed proof, median", milliseconds(median(waits))),
      shown("the same over one sync of the disk", times((median(waits) * fsyncs) / 1000)),
      atMost("the same, 99 of 100", sorted[Math.floor(0.99 * sorted.length)] ?? Number.NaN, 1000, milliseconds),
      shown(`a proof in a log of ${count(BATCHES * BATCH + SINGLES)}, with three cosignatures`, bytes(Buffer.byteLength(proof))),
      shown("verifying it", milliseconds(median(verifying))),
      shown("entries a second that a monitor reads and verifies", count(Math.round(await readRate(logFiles(log.store).read, log)))),
    ];
  } finally {
    await running.stop();
  }
}

/** The proofs of up to 256 entries, once the quorum has cosigned them. */
async function append({ url }: RunningDuty, some: readonly Uint8Array[]): Promise<readonly string[]> {
  const body = encodeBundle(some);
  const answer = await request(`${url}/bundle`, { method: "POST", body, timeoutMilliseconds: 60_000 }, (json) =>
    accept(json as { readonly entries: readonly { readonly proof: string }[] }),
  );
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.found}`);
  return answer.value.entries.map(({ proof }) => proof);
}

/** What every monitor does: takes the entries from their bundles, makes the tree again, and compares it with the cosigned one. */
async function readRate(read: (path: string) => Promise<Uint8Array | undefined>, { trust }: WitnessedLog): Promise<number> {
  const began = performance.now();
  const cosigned = verifyCosigned((await read("checkpoint")) ?? new Uint8Array(), trust);
  if (!cosigned.ok) throw new Error(cosigned.refusal.found);
  const { size, root } = cosigned.value.checkpoint;
  const leaves: Uint8Array[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const bundle = decodeBundle((await read(bundlePath(index, tileWidth(0, index, size)))) ?? new Uint8Array());
    if (!bundle.ok || !bundle.value.every((entry) => parseEntry(entry).ok)) throw new Error(`bundle ${index} does not read`);
    leaves.push(...bundle.value.map(leafHash));
  }
  const tree = await appendLeaves(0, leaves, async () => undefined);
  if (!tree.ok || !equalBytes(tree.value.root, root)) throw new Error("the entries are not the tree");
  return (size * 1000) / (performance.now() - began);
}
