// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningDuty } from "@countersign/daemon/child";
import { request } from "@countersign/daemon/client";
import { hearMonitors, type MonitorHeard } from "@countersign/release/heartbeats";
import { nextSnapshot } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { readFrom } from "@countersign/repository/read-from";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { openRepository } from "@countersign/repository/view";
import { judge } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { readThroughChecks } from "@countersign/trust/readthrough/checks";
import { readReadThrough, readThroughPath } from "@countersign/trust/readthrough/read-through";
import { accept } from "@countersign/trust/refusal";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { monitorConfig } from "@countersign/world/duty-configs";
import { layGround } from "@countersign/world/ground";
import { agentPlan } from "@countersign/world/plans/agent";
import { enter, sampleStatement } from "@countersign/world/sample-release";
import type { Finding } from "./finding.ts";
import type { Status } from "./observer.ts";

const directory = mkdtempSync(join(tmpdir(), "monitor-"));
const ground = await layGround(directory, {
  ...agentPlan("hello", "stable", ["ann", "ben", "cem", "dia", "eva"]),
  soakSeconds: 1,
  urgent: { soakSeconds: 1, extraApprovals: 1 },
  pace: { batchMilliseconds: 10, pollMilliseconds: 20, heartbeatMilliseconds: 300, timestampSeconds: 3600 },
});
const { project, store, ledger, key } = ground;
const [monitor = ""] = project.plan.monitors.map(({ holder }) => holder);

// What govern shows of a proposal: whatever stands here, honest or not. The monitor believes none of it.
const shown = new Map<string, unknown>();
const govern = createServer((asked, response) => {
  const found = shown.get(asked.url?.replace("/proposals/", "") ?? "");
  response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(found ?? { refusal: { code: "proposal-unknown", expected: "a proposal", found: "none", remedy: "Wait." } }));
});
govern.listen(0, "127.0.0.1");
await once(govern, "listening");
const address = govern.address();
const governUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;

after(async () => {
  govern.closeAllConnections();
  govern.close();
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** Publish's first word: targets and policy, and no release yet. */
async function publishNothing(): Promise<void> {
  const targets = (await store.read("metadata/1.targets.json")) ?? new Uint8Array();
  const [policy = ""] = await store.list("targets/");
  for (const [type, bytes] of [["targets", targets] as const, ["policy", (await store.read(policy)) ?? new Uint8Array()] as const])
    assert.ok((await ledger.append({ type, digest: sha256(bytes) })).ok);
  const expires = "2090-01-01T00:00:00Z";
  const snapshot = nextSnapshot(undefined, new Map([["targets.json", { version: 1, bytes: targets }]]), expires);
  const listing = documentBytes(await signDocument(snapshot, [await key("publish-snapshot")]));
  await store.write("metadata/1.snapshot.json", listing);
  const note = await ledger.checkpoint();
  assert.ok(note.ok);
  const timestamp = nextTimestamp(undefined, { version: 1, bytes: listing }, note.value, expires);
  await store.write("metadata/timestamp.json", documentBytes(await signDocument(timestamp, [await key("publish-timestamp")])));
}

/** A release in the ledger, with what govern shows of it. */
async function entered(sequence: number, change: { readonly approvers?: readonly string[] } = {}): Promise<Entry<Statement>> {
  const entry = await enter(ground, await sampleStatement(ground, { sequence }), change);
  show(entry);
  return entry;
}

function show({ digest, body, approvals }: Entry<Statement>, under: string = digest): void {
  shown.set(under, { body, approvals: approvals.map(({ signatures, signed }) => ({ signatures, signed })) });
}

await publishNothing();
let observe: RunningDuty = await start();
async function start(accepted: readonly string[] = []): Promise<RunningDuty> {
  const config = monitorConfig(project, monitor, 0, ground.url, governUrl);
  return ground.start("observe", monitor, { ...config, monitor: { ...(config["monitor"] as object), accepted } });
}

/** Lets its owner look at what was found, and say that it need not wait for that. */
async function accepting(found: readonly Finding[]): Promise<void> {
  await observe.stop();
  observe = await start(found.map(({ id }) => id));
}

async function ask<T>(path: string): Promise<T> {
  const answer = await request(observe.url + path, {}, (json) => accept(json as T));
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
}
const unread = async () =>
  (await ask<{ findings: readonly Finding[] }>("/findings")).findings.filter(({ detector }) => detector === "unread-entry");

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let wait = 0; wait < 2400; wait++, await sleep(25)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  assert.fail(`it did not come about: ${JSON.stringify([await ask<Status>("/status"), await unread()])}`);
}

/** How far its word in the store goes, judged as signers and devices judge it; 0 where there is none. */
async function said(): Promise<number> {
  const anchor = (await store.read("metadata/1.root.json")) ?? new Uint8Array();
  const view = await openRepository(readFrom(store), anchor, Date.now());
  assert.ok(view.ok, JSON.stringify(view));
  const bytes = await store.read(readThroughPath(monitor));
  if (bytes === undefined) return 0;
  const read = readReadThrough(monitor, bytes, view.value.ledger);
  assert.ok(read.ok);
  const { outcome } = judge({ candidate: read.value, policy: view.value.policy, ledger: view.value.ledger }, readThroughChecks);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value.checkpoint.checkpoint.size;
}

/** The whole ledger, once the monitor has said that it has read all of it. */
const readAll = (): Promise<number> =>
  until(async () => {
    const { size, readThrough } = await ask<Status>("/status");
    return size === readThrough && size === (await said()) && size >= (await ledgerSize()) ? size : undefined;
  });

async function ledgerSize(): Promise<number> {
  const note = await ledger.checkpoint();
  assert.ok(note.ok);
  return Number(note.value.split("\n")[1]);
}

/** That it stops at an entry: what it says it found there. */
async function stopsAt(severity: Finding["severity"], count: number): Promise<Finding> {
  const findings = await until(async () => {
    const found = await unread();
    return found.length === count ? found : undefined;
  });
  const finding = findings.at(-1) as Finding;
  assert.equal(finding.severity, severity, JSON.stringify(finding.evidence));
  assert.ok((await said()) <= Number(finding.evidence["index"]), "its word does not go past what it found");
  return finding;
}

const codeOf = ({ evidence }: Finding): string => (evidence["refusal"] as { readonly code: string }).code;

test("a monitor fetches a release with all that it names, and cosigns the checkpoint that it has read to", async () => {
  await entered(1);
  const size = await readAll();
  assert.equal(size, 5); // targets, policy, two builders' provenance, release
  assert.deepEqual(await unread(), []);
});

test("started again, it goes on from where it was, and says so again", async () => {
  await accepting([]);
  await entered(2);
  assert.equal(await readAll(), 8);
});

test("bytes that it cannot fetch stop it there, and are a finding; when they come, it goes on", async () => {
  const entry = await enter(ground, await sampleStatement(ground, { sequence: 3 }));
  const finding = await stopsAt("High", 1); // govern does not have it
  assert.equal(codeOf(finding), "proposal-unknown");
  show(entry);
  assert.equal(await readAll(), 11);
});

test("attack: bytes under an artifact's name that are others", async () => {
  const statement = await sampleStatement(ground, { sequence: 4 });
  const [{ sha256: name, length }] = statement.artifacts as [Statement["artifacts"][number]];
  const honest = (await store.read(`artifacts/${name}`)) ?? new Uint8Array();
  await store.write(`artifacts/${name}`, Buffer.alloc(length, "x"));
  show(await enter(ground, statement));
  assert.equal(codeOf(await stopsAt("Critical", 2)), "artifact-differs");
  await store.write(`artifacts/${name}`, honest);
  const before = await said();
  await until(async () => ((await ask<Status>("/status")).readThrough === (await ledgerSize()) ? true : undefined));
  assert.equal(await said(), before, "what it found stands until its owner has looked");
  await accepting(await unread());
  assert.equal(await readAll(), 14);
});

test("attack: govern shows another statement, or other approvals, than the ledger names", async () => {
  const other = await entered(5);
  await readAll();
  const entry = await enter(ground, await sampleStatement(ground, { sequence: 6 }));
  show(other, entry.digest);
  assert.equal(codeOf(await stopsAt("Critical", 3)), "body-differs");
  show({ ...entry, approvals: other.approvals });
  assert.equal(codeOf(await stopsAt("Critical", 4)), "approvals-differ");
  show(entry);
  await accepting(await unread());
  await readAll();
});

test("attack: a release entry that too few approved, or that one builder alone vouches for", async () => {
  await entered(7, { approvers: ["ann"] });
  assert.equal(codeOf(await stopsAt("Critical", 5)), "approvals-missing");
  await accepting(await unread());
  const statement = await sampleStatement(ground, { sequence: 8 });
  show(await enter(ground, { ...statement, provenance: statement.provenance.slice(0, 1) }));
  assert.equal(codeOf(await stopsAt("Critical", 6)), "builder-not-trusted");
  await accepting(await unread());
  await readAll();
});

test("attack: an entry for provenance or a policy that nobody can see", async () => {
  for (const [type, count] of [["provenance", 7] as const, ["policy", 8] as const]) {
    assert.ok((await ledger.append({ type, digest: sha256(Buffer.from(type)) })).ok);
    assert.equal(codeOf(await stopsAt("High", count)), "missing-file");
    await accepting(await unread());
  }
  await readAll();
});

/** Its heartbeat in the store, judged as anybody judges it. */
async function heard(name: string): Promise<MonitorHeard> {
  const read = readFrom(store);
  const view = await openRepository(read, (await store.read("metadata/1.root.json")) ?? new Uint8Array(), Date.now());
  assert.ok(view.ok);
  const found = (await hearMonitors(read, view.value, view.value.time)).find(({ monitor: each }) => each === name);
  assert.ok(found);
  return found;
}

test("attack: a monitor that was switched off is named by the other, and the other is heard", async () => {
  const [, silent = ""] = project.plan.monitors.map(({ holder }) => holder);
  const finding = await until(async () =>
    (await ask<{ findings: readonly Finding[] }>("/findings")).findings.find(({ detector }) => detector === "monitor-silent"),
  );
  assert.deepEqual([finding.severity, finding.evidence["monitor"]], ["High", silent]);
  const { outcome } = await heard(monitor);
  assert.ok(outcome.ok && outcome.value.readThrough > 0 && outcome.value.blind === null, JSON.stringify(outcome));
});

test("attack: a monitor that can read nothing any more says that it is blind, in public, and does not count as heard", async () => {
  await observe.stop();
  const config = monitorConfig(project, monitor, 0, "http://127.0.0.1:9", governUrl);
  observe = await ground.start("observe", monitor, config);
  await until(async () => ((await ask<Status>("/status")).blind === null ? undefined : true));
  const { findings } = await ask<{ findings: readonly Finding[] }>("/findings");
  const finding = findings.find(({ detector }) => detector === "blind");
  assert.equal(finding?.severity, "High");
  const { outcome } = await until(async () => {
    const now = await heard(monitor);
    return now.outcome.ok ? undefined : now;
  });
  assert.equal(outcome.ok ? "" : outcome.refusal.code, "monitor-blind");
});
