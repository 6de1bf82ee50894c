// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createKey } from "@countersign/custody/encrypted-file";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import { formatAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { appendLeaves } from "@countersign/tlog/append";
import { formatCheckpoint } from "@countersign/tlog/checkpoint";
import { EMPTY_ROOT, leafHash, sha256 } from "@countersign/tlog/hash";
import { formatNote } from "@countersign/tlog/note";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { type NoteSigner, rawPublicKey, signerFromSeed, signNote } from "@countersign/tlog/signer";
import { consistencyProof } from "@countersign/tlog/tree";
import { formatVkey, parseVkey, type Vkey } from "@countersign/tlog/vkey";

const ORIGIN = "log.example";
const directory = mkdtempSync(join(tmpdir(), "witness-"));
const running = new Set<RunningDuty>();
after(async () => {
  await Promise.all([...running].map((duty) => duty.stop("SIGKILL"))); // those that a failed test left
  rmSync(directory, { recursive: true });
});

/** A log in memory, one leaf at a time; `fork` makes its leaves other ones. */
async function grow(size: number, fork = "") {
  const files = new Map<string, Uint8Array>();
  const roots: Uint8Array[] = [EMPTY_ROOT];
  const read = async (path: string) => files.get(path);
  for (let at = 0; at < size; at++) {
    const appended = await appendLeaves(at, [leafHash(Buffer.from(`${fork}${at}`))], read);
    assert.ok(appended.ok);
    for (const { path, bytes } of appended.value.tiles) files.set(path, bytes);
    roots.push(appended.value.root);
  }
  return { roots, read };
}

const honest = await grow(20);
const forked = await grow(20, "fork ");
const signer = signerFromSeed(sha256(Buffer.from("log")), ORIGIN, 1);

function keyOf({ name, type, publicKey }: Pick<NoteSigner, "name" | "type" | "publicKey">): Vkey {
  const key = parseVkey(formatVkey(name, type, publicKey));
  assert.ok(key.ok);
  return key.value;
}

async function noteOf(size: number, { roots } = honest, by = signer, origin = ORIGIN) {
  const text = formatCheckpoint({ origin, size, root: roots[size] ?? EMPTY_ROOT });
  return Buffer.from(formatNote(text, [await signNote(Buffer.from(text), by)]));
}

async function proofOf(old: number, size: number, { read } = honest) {
  const proof = await consistencyProof(old, size, read);
  return proof.ok ? proof.value : [];
}

/** A request that an honest log would make, unless parts of it are given. */
async function bodyOf(old: number, size: number, log = honest) {
  return formatAddCheckpoint({ old, proof: await proofOf(old, size, log), note: await noteOf(size, log) });
}

const key = await createKey(join(directory, "key"), "correct horse", "ed25519");
writeFileSync(join(directory, "passphrase"), "correct horse\n", { mode: 0o600 });
const trust = {
  origin: ORIGIN,
  log: keyOf(signer),
  witnesses: [keyOf({ name: "w.example", type: 4, publicKey: rawPublicKey(key.publicKey) })],
  quorum: 1,
};

async function start(state: string) {
  const config = {
    port: 0,
    state: join(directory, state),
    name: "w.example",
    key: { custody: "encrypted-file", keyFile: join(directory, "key"), passphraseFile: join(directory, "passphrase") },
    logs: [formatVkey(ORIGIN, 1, signer.publicKey), formatVkey("second.example", 1, signer.publicKey)],
  };
  writeFileSync(join(directory, `${state}.json`), JSON.stringify(config));
  const duty = await startDuty(join(import.meta.dirname, "main.ts"), join(directory, `${state}.json`));
  running.add(duty);
  const ask = async (body: Uint8Array | string) => {
    const answer = await fetch(`${duty.url}/add-checkpoint`, { method: "POST", body });
    return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
  };
  return { ...duty, ask };
}

test("a transcript: 200 with a cosignature, 409 with the size, and every other code of the specification", async () => {
  const witness = await start("transcript");
  const status = async (body: Uint8Array | string) => (await witness.ask(body)).status;

  const first = await witness.ask(await bodyOf(0, 3));
  assert.equal(first.status, 200);
  const cosigned = verifyCosigned(Buffer.concat([await noteOf(3), Buffer.from(first.text)]), trust);
  assert.ok(cosigned.ok);
  assert.ok(Math.abs((cosigned.value.times[0] ?? 0) - Date.now() / 1000) < 60);

  const stale = await witness.ask(await bodyOf(0, 5));
  assert.deepEqual(stale, { status: 409, type: "text/x.tlog.size", text: "3\n" });
  assert.equal(await status(await bodyOf(2, 5)), 409);
  assert.equal(await status(await bodyOf(5, 7)), 409);

  assert.equal(await status(await bodyOf(3, 5, forked)), 422);
  assert.equal(await status(formatAddCheckpoint({ old: 3, proof: [], note: await noteOf(5) })), 422);
  assert.equal(await status(await bodyOf(3, 3, forked)), 422);
  assert.equal(await status(formatAddCheckpoint({ old: 3, proof: [EMPTY_ROOT], note: await noteOf(3) })), 422);

  const stranger = signerFromSeed(sha256(Buffer.from("stranger")), ORIGIN, 1);
  assert.equal(await status(formatAddCheckpoint({ old: 3, proof: [], note: await noteOf(5, honest, stranger) })), 403);
  const altered = (await noteOf(5)).toString().replace("\n5\n", "\n6\n");
  assert.equal(await status(formatAddCheckpoint({ old: 3, proof: [], note: Buffer.from(altered) })), 403);
  assert.equal(await status(formatAddCheckpoint({ old: 0, proof: [], note: await noteOf(5, honest, signer, "third.example") })), 404);

  assert.equal(await status(formatAddCheckpoint({ old: 6, proof: [], note: await noteOf(5) })), 400);
  assert.equal(await status("old 3\n"), 400);
  assert.equal(await status(`old 3\n\n${altered.slice(0, -1)}`), 400);
  assert.equal(await status("old 3\n\norigin\nsize\nroot\n\n\u2014 log.example AAAAAQUG\n"), 400);

  assert.equal(await status(await bodyOf(3, 5)), 200);
  assert.equal(await status(await bodyOf(5, 5)), 200); // the heartbeat of a quiet log
  await witness.stop();
});

test("a size of 0 must have the empty root, and the first proof must be empty", async () => {
  const witness = await start("empty");
  const status = async (body: Uint8Array) => (await witness.ask(body)).status;
  const text = formatCheckpoint({ origin: ORIGIN, size: 0, root: leafHash(Buffer.from("x")) });
  const wrong = Buffer.from(formatNote(text, [await signNote(Buffer.from(text), signer)]));
  assert.equal(await status(formatAddCheckpoint({ old: 0, proof: [], note: wrong })), 422);
  assert.equal(await status(formatAddCheckpoint({ old: 0, proof: [EMPTY_ROOT], note: await noteOf(3) })), 422);
  assert.equal(await status(formatAddCheckpoint({ old: 0, proof: [], note: await noteOf(0) })), 200);
  assert.equal(await status(formatAddCheckpoint({ old: 0, proof: [], note: await noteOf(3) })), 200);
  await witness.stop();
});

test("anyone can read the newest cosigned checkpoint of an origin", async () => {
  const witness = await start("monitoring");
  const address = (origin: string) => `${witness.url}/${createHash("sha256").update(origin).digest("hex")}/checkpoint`;
  assert.equal((await fetch(address(ORIGIN))).status, 404);
  assert.equal((await witness.ask(await bodyOf(0, 4))).status, 200);
  const cosigned = verifyCosigned(new Uint8Array(await (await fetch(address(ORIGIN))).arrayBuffer()), trust);
  assert.ok(cosigned.ok);
  assert.equal(cosigned.value.checkpoint.size, 4);
  assert.equal((await fetch(address("unknown.example"))).status, 404);
  await witness.stop();
});

test("rolling back by killing the witness: what it cosigned before SIGKILL it still knows after", async () => {
  const before = await start("killed");
  assert.equal((await before.ask(await bodyOf(0, 9))).status, 200);
  await before.stop("SIGKILL");
  const after = await start("killed");
  assert.deepEqual(await after.ask(await bodyOf(0, 5)), { status: 409, type: "text/x.tlog.size", text: "9\n" });
  assert.equal((await after.ask(await bodyOf(9, 9, forked))).status, 422);
  assert.equal((await after.ask(await bodyOf(9, 12))).status, 200);
  await after.stop();
});

test("a fork by race: of many conflicting checkpoints at once, exactly one tree is cosigned", async () => {
  const witness = await start("race");
  const bodies = await Promise.all([honest, forked].flatMap((log) => [6, 7, 8].map((size) => bodyOf(0, size, log))));
  const answers = await Promise.all(bodies.map((body) => witness.ask(body)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 409).length, bodies.length - 1);
  await witness.stop();
});

test("a witness whose configuration names one origin twice, or another kind of key, does not start", async () => {
  const config = { port: 0, state: "s", name: "w.example", key: { custody: "encrypted-file", keyFile: "k", passphraseFile: "p" } };
  for (const logs of [[1, 1].map(() => formatVkey(ORIGIN, 1, signer.publicKey)), [formatVkey(ORIGIN, 4, signer.publicKey)], ["nonsense"]]) {
    writeFileSync(join(directory, "bad.json"), JSON.stringify({ ...config, logs }));
    await assert.rejects(startDuty(join(import.meta.dirname, "main.ts"), join(directory, "bad.json")), /ended with 2: .*"event":"refused"/);
  }
});
