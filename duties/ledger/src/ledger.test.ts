// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createKey } from "@countersign/custody/encrypted-file";
import type { KeyPlace } from "@countersign/custody/place";
import { type RunningDuty, startDuty } from "@countersign/daemon/child";
import { request } from "@countersign/daemon/client";
import { decodeBundle, encodeBundle } from "@countersign/tlog/bundle";
import { type Entry, encodeEntry } from "@countersign/tlog/entry";
import { leafHash, sha256 } from "@countersign/tlog/hash";
import { verifyConsistency } from "@countersign/tlog/merkle";
import { verifyTlogProof } from "@countersign/tlog/proof";
import { type CosignedCheckpoint, verifyCosigned } from "@countersign/tlog/quorum";
import { accept } from "@countersign/tlog/refusal";
import { cosignerVkey, rawPublicKey } from "@countersign/tlog/signer";
import { bundlePath } from "@countersign/tlog/tile";
import { consistencyProof } from "@countersign/tlog/tree";
import { formatVkey, parseVkey, type Vkey } from "@countersign/tlog/vkey";
import { logFiles } from "./log-files.ts";
import { LedgerState } from "./state.ts";

const root = mkdtempSync(join(tmpdir(), "ledger-"));
const running = new Set<RunningDuty>();
after(async () => {
  await Promise.all([...running].map((duty) => duty.stop("SIGKILL")));
  rmSync(root, { recursive: true });
});

const at = (...names: string[]) => join(root, ...names);
writeFileSync(at("passphrase"), "correct horse\n", { mode: 0o600 });

async function makeKey(name: string, algorithm: "ed25519" | "ml-dsa-44", write: (name: string, key: KeyObject) => string): Promise<Vkey> {
  const { publicKey } = await createKey(at(`${name}.key`), "correct horse", algorithm);
  const key = parseVkey(write(name, publicKey));
  assert.ok(key.ok);
  return key.value;
}

function placeOf(name: string): KeyPlace {
  return { custody: "encrypted-file", keyFile: at(`${name}.key`), passphraseFile: at("passphrase") };
}

async function run(duty: "witness" | "ledger", name: string, config: object): Promise<RunningDuty> {
  writeFileSync(at(`${name}.json`), JSON.stringify(config));
  const started = await startDuty(join(import.meta.dirname, "../..", duty, "src/main.ts"), at(`${name}.json`));
  running.add(started);
  return started;
}

// Three witnesses, one of them with an ML-DSA key, serve the logs of all tests; a test that stops one starts it again where it was.
const text = ({ name, type, publicKey }: Vkey) => formatVkey(name, type, publicKey);
const logVkey = (name: string, key: KeyObject) => formatVkey(name, 1, rawPublicKey(key));
const logs = await Promise.all(
  ["concurrent", "heartbeat", "killed", "quorum", "rollback"].map((name) => makeKey(name, "ed25519", logVkey)),
);
const witnessKeys = await Promise.all(
  (["ed25519", "ed25519", "ml-dsa-44"] as const).map((algorithm, at) => makeKey(`w${at + 1}`, algorithm, cosignerVkey)),
);
const startWitness = (name: string, port = 0) =>
  run("witness", name, { port, state: at(`${name}.sqlite`), name, key: placeOf(name), logs: logs.map(text) });
const witnesses = await Promise.all(witnessKeys.map(({ name }) => startWitness(name)));

/** The ledger of a log, with a state and a store of its own. */
function ledgerOf(name: string) {
  const log = logs.find((key) => key.name === name);
  assert.ok(log);
  const config = {
    port: 0,
    state: at(`${name}.sqlite`),
    store: at(name),
    origin: name,
    key: placeOf(name),
    witnesses: witnessKeys.map((key, which) => ({ vkey: text(key), url: witnesses[which]?.url })),
    quorum: 2,
    heartbeatMilliseconds: 300,
    batchMilliseconds: 10,
  };
  const trust = { origin: name, log, witnesses: witnessKeys, quorum: 2 };
  return { trust, config, start: () => run("ledger", name, config), files: logFiles(at(name)) };
}

const entryOf = (number: number): Entry => ({ type: "channel", digest: Buffer.from(sha256(Buffer.from(`${number}`))).toString("hex") });
const bytesOf = (number: number) => encodeEntry(entryOf(number));

type Logged = { index: number; proof: string };
const post = ({ url }: RunningDuty, body: Uint8Array, path = "/entries") =>
  request<Logged>(url + path, { method: "POST", body }, (json) => accept(json as Logged));
const codeOf = async (asked: ReturnType<typeof post>) => {
  const outcome = await asked;
  return outcome.ok ? "ok" : outcome.refusal.code;
};

test("20 entries at once: each has its own place, a proof that verifies offline, and its bytes in the bundles", async () => {
  const { trust, start, files } = ledgerOf("concurrent");
  const ledger = await start();
  const logged = await Promise.all(Array.from({ length: 20 }, (_, number) => post(ledger, bytesOf(number))));
  const places = new Set<number>();
  for (const [number, outcome] of logged.entries()) {
    assert.ok(outcome.ok);
    const proven = verifyTlogProof(outcome.value.proof, bytesOf(number), trust);
    assert.ok(proven.ok, JSON.stringify(proven));
    assert.equal(proven.value.index, outcome.value.index);
    places.add(proven.value.index);
  }
  assert.equal(places.size, 20);

  const bundled = await request<{ entries: readonly Logged[] }>(
    `${ledger.url}/bundle`,
    { method: "POST", body: encodeBundle([19, 20, 21, 20].map(bytesOf)) },
    (json) => accept(json as { entries: readonly Logged[] }),
  );
  assert.ok(bundled.ok);
  const placesAt = bundled.value.entries.map(({ index, proof }, at) => {
    const proven = verifyTlogProof(proof, bytesOf([19, 20, 21, 20][at] ?? 0), trust);
    return proven.ok && proven.value.index === index ? index : undefined;
  });
  assert.deepEqual(placesAt, [logged[19]?.ok && logged[19].value.index, 20, 21, 20], "in their order; the same bytes have the same place");
  for (const body of [Buffer.from("00"), encodeBundle([Buffer.from("no entry")]), encodeBundle([bytesOf(22), Buffer.from("{}")])])
    assert.match(await codeOf(post(ledger, body, "/bundle")), /^(bundle|entry)-malformed$/);

  const bundle = decodeBundle((await files.read(bundlePath(0, 20))) ?? new Uint8Array());
  assert.ok(bundle.ok);
  for (const [number, outcome] of logged.entries()) {
    assert.ok(outcome.ok);
    assert.deepEqual(Buffer.from(bundle.value[outcome.value.index] ?? []), Buffer.from(bytesOf(number)));
  }

  const again = await post(ledger, bytesOf(7));
  assert.ok(again.ok && logged[7]?.ok);
  assert.equal(again.value.index, logged[7].value.index);
  const leaf = Buffer.from(leafHash(bytesOf(7))).toString("hex");
  const asked = await request<Logged>(`${ledger.url}/proof?entry=${leaf}`, {}, (json) => accept(json as Logged));
  assert.ok(asked.ok && verifyTlogProof(asked.value.proof, bytesOf(7), trust).ok);
  assert.equal(await codeOf(post(ledger, bytesOf(7), "/proof")), "ok");
  assert.equal(await codeOf(post(ledger, bytesOf(99), "/proof")), "entry-not-published");
  assert.equal(await codeOf(post(ledger, Buffer.from('{"digest":"x","type":"root"}'))), "entry-malformed");
  await ledger.stop();
});

test("a quiet log stays fresh: the heartbeat brings newer times on the same tree", async () => {
  const { trust, start, files } = ledgerOf("heartbeat");
  const ledger = await start();
  const read = async () => {
    const cosigned = verifyCosigned((await files.read("checkpoint")) ?? new Uint8Array(), trust);
    return cosigned.ok ? cosigned.value : undefined;
  };
  assert.equal(await codeOf(post(ledger, bytesOf(1))), "ok");
  const first = await read();
  let second = await read();
  for (let wait = 0; wait < 60 && second?.times[1] === first?.times[1]; wait++) {
    await sleep(50);
    second = await read();
  }
  assert.ok((second?.times[1] ?? 0) > (first?.times[1] ?? 0));
  assert.deepEqual(second?.checkpoint, first?.checkpoint);
  const answered = async (): Promise<boolean> => (await (await fetch(`${ledger.url}/checkpoint`)).text()) === (await read())?.note;
  for (let tries = 1; !(await answered()); tries++) assert.ok(tries < 100, "what is answered is never what is published");
  await ledger.stop();
});

test("killed again and again while it appends, it never forks and never loses an acknowledged entry", async () => {
  const { trust, start, files } = ledgerOf("killed");
  const published = new Map<number, CosignedCheckpoint>();
  const acknowledged = new Map<number, number>();
  const watch = async () => {
    const cosigned = verifyCosigned((await files.read("checkpoint")) ?? new Uint8Array(), trust);
    if (cosigned.ok) published.set(cosigned.value.checkpoint.size, cosigned.value);
  };
  let number = 0;
  for (let life = 0; life < 5; life++) {
    const ledger = await start();
    const goal = acknowledged.size + 5;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    let killed = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!killed) {
        const mine = number++;
        const outcome = await post(ledger, bytesOf(mine));
        if (outcome.ok) acknowledged.set(mine, outcome.value.index);
        await watch();
        if (acknowledged.size >= goal) resolve();
      }
    });
    await enough;
    await sleep(life * 9); // at another step of a turn each time
    killed = true;
    await ledger.stop("SIGKILL");
    await Promise.all(clients);
  }

  const ledger = await start();
  for (let all = 0; all < number; all++) {
    const outcome = await post(ledger, bytesOf(all));
    assert.ok(outcome.ok && verifyTlogProof(outcome.value.proof, bytesOf(all), trust).ok);
    assert.equal(outcome.value.index, acknowledged.get(all) ?? outcome.value.index, "an acknowledged place has moved");
  }
  await watch();
  await ledger.stop();
  assert.ok(acknowledged.size < number, "every kill cuts appends off");

  const heads = [...published.values()].map(({ checkpoint }) => checkpoint).sort((a, b) => a.size - b.size);
  assert.ok(heads.length > 3);
  for (const [position, small] of heads.entries()) {
    for (const large of heads.slice(position)) {
      if (small.size === 0) continue;
      const proof = await consistencyProof(small.size, large.size, files.read);
      assert.ok(proof.ok);
      assert.ok(verifyConsistency(small.size, large.size, small.root, large.root, proof.value), `${small.size} to ${large.size}`);
    }
  }
});

test("one dead witness of three is no matter; with two dead the entry waits, and is logged when one is back", async () => {
  const { trust, start } = ledgerOf("quorum");
  const ledger = await start();
  await witnesses[0]?.stop();
  assert.equal(await codeOf(post(ledger, bytesOf(1))), "ok");
  await witnesses[1]?.stop();
  assert.equal(await codeOf(post(ledger, bytesOf(2))), "witness-quorum-missing");
  assert.equal(await codeOf(post(ledger, bytesOf(3))), "witness-quorum-missing");

  const portOf = (which: number) => Number(new URL(witnesses[which]?.url ?? "").port);
  [witnesses[0], witnesses[1]] = [await startWitness("w1", portOf(0)), await startWitness("w2", portOf(1))];
  for (const number of [2, 3]) {
    let outcome = await post(ledger, bytesOf(number));
    for (let tries = 0; !outcome.ok && tries < 20; tries++) outcome = await post(ledger, bytesOf(number));
    assert.ok(outcome.ok);
    assert.equal(outcome.value.index, number - 1); // the places they were given while the witnesses were away
    assert.ok(verifyTlogProof(outcome.value.proof, bytesOf(number), trust).ok);
  }
  await ledger.stop();
});

test("a rolled-back state, a rolled-back store, a lost state and two ledgers at once are refused", async () => {
  const { start, config } = ledgerOf("rollback");
  const grow = async (number: number) => {
    const ledger = await start();
    assert.equal(await codeOf(post(ledger, bytesOf(number))), "ok");
    await ledger.stop();
  };
  const backup = () => {
    for (const file of readdirSync(root))
      if (/^rollback(\.sqlite.*)?$/.test(file)) cpSync(at(file), at(file.replace("rollback", "old")), { recursive: true });
  };
  const refused = (change: object) =>
    assert.rejects(run("ledger", "rolled", { ...config, ...change }), /ended with 2: .*"ledger-rolled-back"/s);
  await grow(1);
  backup();
  await grow(2);

  await refused({ state: at("old.sqlite") }); // the published checkpoint is ahead of it
  await refused({ store: at("old") }); // its tiles are gone
  await refused({ state: at("fresh.sqlite") }); // the store has a log that it does not know
  await refused({ state: at("old.sqlite"), store: at("old") }); // both are old, and the witnesses remember
  await refused({ state: at("fresh2.sqlite"), store: at("fresh2") }); // both are gone, and the witnesses remember

  const ledger = await start();
  await assert.rejects(run("ledger", "rolled", config), /ended with 1: .*locked/s);
  await ledger.stop();

  // Rolled back together while no witness can be asked: it starts, and signs nothing until they confirm its head, which they do not.
  await Promise.all(witnesses.map((witness) => witness.stop()));
  const blind = await run("ledger", "rolled", { ...config, state: at("old.sqlite"), store: at("old") });
  assert.equal(await codeOf(post(blind, bytesOf(3))), "witness-quorum-missing");
  await blind.stop();
  using state = new LedgerState(at("old.sqlite"));
  assert.equal(state.head()?.size, 1);
});
