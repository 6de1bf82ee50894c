// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningDuty } from "@countersign/daemon/child";
import { request } from "@countersign/daemon/client";
import { readFrom } from "@countersign/repository/read-from";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { root } from "@countersign/trust/anchor/root";
import { targets } from "@countersign/trust/anchor/targets";
import { judge } from "@countersign/trust/check";
import { decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { type Envelope, readEnvelope } from "@countersign/trust/envelope";
import { claimedCheckpoint, ledgerTrust, witnessedTime } from "@countersign/trust/ledger/checkpoint";
import { type Policy, policy } from "@countersign/trust/policy/policy";
import { accept } from "@countersign/trust/refusal";
import { listChecks } from "@countersign/trust/revocation/checks";
import { type Denial, type RevocationList, revocationLists } from "@countersign/trust/revocation/list";
import { readFile } from "@countersign/trust/workflow/step";
import { revokeConfig } from "@countersign/world/duty-configs";
import { layGround } from "@countersign/world/ground";
import { appPlan } from "@countersign/world/plans/app";
import { anchorFile, dutyDirectory } from "@countersign/world/project";
import { parseConfig } from "./config.ts";
import type { DenialRequest } from "./denial-request.ts";
import { protectedKeys } from "./protected-keys.ts";

const directory = mkdtempSync(join(tmpdir(), "revoke-"));
const ground = await layGround(directory, {
  ...appPlan("hello", "stable", ["ann", "ben", "cem", "dia"]),
  pace: { batchMilliseconds: 10, pollMilliseconds: 50, heartbeatMilliseconds: 300, timestampSeconds: 3600 },
});
after(async () => {
  await ground[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
const { project, store, key } = ground;

const anchor = readEnvelope(root, readFileSync(anchorFile(project)), "root");
assert.ok(anchor.ok);
const ledger = ledgerTrust(anchor.value.signed);

async function readPolicy(): Promise<Policy> {
  const top = await readFile(readFrom(store), "metadata/1.targets.json");
  assert.ok(top.ok);
  const read = readEnvelope(targets, top.value, "targets");
  assert.ok(read.ok);
  const listed = read.value.signed.targets.get("policy.json");
  assert.ok(listed.ok);
  const bytes = await readFile(readFrom(store), `targets/${listed.value?.hashes.sha256}.policy.json`);
  assert.ok(bytes.ok);
  const decoded = decodeBytes(policy, bytes.value, "policy");
  assert.ok(decoded.ok);
  return decoded.value;
}
const trusted = await readPolicy();

/** The lists that a device finds in `revocations/latest` and accepts, by revoker. */
async function latest(): Promise<ReadonlyMap<string, Envelope<RevocationList>>> {
  const bytes = await store.read("revocations/latest");
  if (bytes === undefined) return new Map();
  const lists = decodeBytes(revocationLists, bytes, "revocations/latest");
  assert.ok(lists.ok, JSON.stringify(lists));
  const accepted = lists.value.lists.filter((candidate) => {
    const checkpoint = claimedCheckpoint(candidate.signed.checkpoint, ledger);
    assert.ok(checkpoint.ok);
    return judge({ candidate, policy: trusted, ledger, checkpoint: checkpoint.value }, listChecks).outcome.ok;
  });
  return new Map(accepted.map((list) => [list.signed.revoker, list]));
}

const start = async (revoker: string) => ground.start("revoke", revoker, await revokeConfig(project, revoker, 0, ground.ledgerUrl));
const digestOf = (text: string) => sha256(Buffer.from(text));
const denialOf = (name: string, until: number | null = null): Denial => ({
  kind: "release",
  name,
  since: 1_700_000_000,
  until,
  reason: "it is bad\n",
});

async function ask({ url }: RunningDuty, denial: Denial, by = "ann", revoker = "revoke-ann") {
  const wish: DenialRequest = { _type: "denial-request", spec: "countersign/1", revoker, denial };
  const body = documentBytes(await signDocument(wish, [await key(by)]));
  return request(`${url}/denials`, { method: "POST", body }, (json) => accept(json as { version: number }));
}

const codeOf = async (asked: ReturnType<typeof ask>) => {
  const outcome = await asked;
  return outcome.ok ? "ok" : outcome.refusal.code;
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let wait = 0; wait < 2400; wait++, await sleep(25)) if (await holds()) return;
  assert.fail("it did not come about");
}

const listed = async (revoker: string) => (await latest()).get(revoker)?.signed;
const names = async (revoker: string) => (await listed(revoker))?.denials.map(({ name }) => name) ?? [];

function timeOf({ checkpoint }: RevocationList): number {
  const claimed = claimedCheckpoint(checkpoint, ledger);
  return claimed.ok ? witnessedTime(claimed.value, ledger.quorum) : 0;
}

const ann = await start("revoke-ann");
let firstNote = "";

test("a revoker whom nobody may ask, or whose configuration says what nobody reads, does not start", async () => {
  const config = await revokeConfig(project, "revoke-ben", 0, ground.ledgerUrl);
  const found = (json: unknown) => {
    const outcome = parseConfig(json);
    return outcome.ok ? "ok" : outcome.refusal.found;
  };
  assert.equal(found(config), "ok");
  assert.equal(found({ ...config, operators: [] }), "operators: none");
  assert.equal(found({ ...config, lifts: true }), "lifts");
  assert.match(found({ ...config, revoker: "../root" }), /^revoker: /);
});

test("a list is signed anew at each refresh, dated by newer checkpoints, in versions that rise", async () => {
  await until(async () => (await listed("revoke-ann")) !== undefined);
  const first = await listed("revoke-ann");
  assert.ok(first);
  firstNote = first.checkpoint;
  await until(async () => {
    const later = await listed("revoke-ann");
    return later !== undefined && later.version > first.version && timeOf(later) > timeOf(first);
  });
});

test("one operator stops a release: it is in the list when the answer comes, and in the ledger soon after", async () => {
  const denied = await ask(ann, denialOf(digestOf("bad")));
  assert.ok(denied.ok, JSON.stringify(denied));
  const stopped = await listed("revoke-ann");
  assert.deepEqual(stopped?.denials, [denialOf(digestOf("bad"))]);
  assert.equal(stopped?.version, denied.value.version);
  const shown = () => request(`${ann.url}/denials`, {}, (json) => accept(json as { logged: number; denials: readonly Denial[] }));
  await until(async () => {
    const now = await shown();
    return now.ok && now.value.logged === 1 && now.value.denials.length === 1;
  });
});

test("the same request twice is one denial; a longer hold is a second one, and the first stays", async () => {
  const name = digestOf("held");
  for (const hold of [1_800_000_000, 1_800_000_000, 1_900_000_000, null]) assert.equal(await codeOf(ask(ann, denialOf(name, hold))), "ok");
  const holds = (await listed("revoke-ann"))?.denials.filter((denial) => denial.name === name).map((denial) => denial.until);
  assert.deepEqual(holds, [1_800_000_000, 1_900_000_000, null]);
});

test("a stranger, another revoker's name, a version instead of a digest, an endless reason and a bare body are refused", async () => {
  const bad = denialOf(digestOf("other"));
  assert.equal(await codeOf(ask(ann, bad, "ci")), "operator-not-known");
  assert.equal(await codeOf(ask(ann, bad, "revoke-ann")), "operator-not-known");
  assert.equal(await codeOf(ask(ann, bad, "ann", "revoke-ben")), "another-revoker");
  assert.equal(await codeOf(ask(ann, denialOf("1.0.3"))), "denial-names-nothing");
  assert.equal(await codeOf(ask(ann, denialOf("8".repeat(40)))), "denial-names-nothing");
  assert.equal(await codeOf(ask(ann, { ...denialOf("8".repeat(40)), kind: "build" })), "ok");
  assert.equal(await codeOf(ask(ann, { ...bad, reason: "x".repeat(501) })), "malformed-document");
  assert.equal(await codeOf(ask(ann, { ...bad, brake: "brake-dia" })), "denial-not-a-persons");
  const bare = await fetch(`${ann.url}/denials`, { method: "POST", body: "{}" });
  assert.equal(bare.status, 400);
  assert.equal((await names("revoke-ann")).includes(bad.name), false);
});

test("deny only: the keys of root, targets, log, witnesses and revokers cannot be named", async () => {
  const code = async (holder: string) => codeOf(ask(ann, { ...denialOf((await key(holder)).keyid), kind: "builder" }));
  for (const holder of ["root-ann", "targets-ben", "publish-timestamp", "ledger", "witness-cem", "revoke-ann"])
    assert.equal(await code(holder), "denial-out-of-bounds", holder);
  assert.equal(await code("builder"), "ok");
  assert.ok(protectedKeys(anchor.value.signed, trusted, "own").has((await key("revoke-ben")).keyid));
});

test("two revokers write at once: each keeps its own list, and both stand in the merge", async () => {
  const ben = await start("revoke-ben");
  await Promise.all(
    Array.from({ length: 6 }, (_, number) => [
      ask(ann, denialOf(digestOf(`ann ${number}`))),
      ask(ben, denialOf(digestOf(`ben ${number}`)), "ben", "revoke-ben"),
    ]).flat(),
  );
  await until(async () => (await names("revoke-ben")).length === 6 && (await names("revoke-ann")).includes(digestOf("ann 5")));
  await store.write("revocations/junk.json", Buffer.from('{"signatures":[],"signed":'));
  const { version = 0 } = (await listed("revoke-ann")) ?? {};
  await until(async () => ((await listed("revoke-ann"))?.version ?? 0) > version + 1);
  assert.deepEqual([...(await latest()).keys()].sort(), ["revoke-ann", "revoke-ben"]);
  await ben.stop("SIGKILL");
});

test("killed again and again while denials arrive: what was answered is never lost, and no version is ever two lists", async () => {
  const versions = new Map<number, string>();
  const watch = async () => {
    const list = (await latest()).get("revoke-ben");
    if (list === undefined) return [];
    const { version, denials } = list.signed;
    assert.equal(versions.get(version) ?? list.digest, list.digest);
    versions.set(version, list.digest);
    return denials.map(({ name }) => name);
  };
  const answered: string[] = [];
  for (let round = 0; round < 6; round++) {
    const ben = await start("revoke-ben");
    const asking = Array.from({ length: 20 }, async (_, number) => {
      const name = digestOf(`round ${round}, ${number}`);
      if ((await codeOf(ask(ben, denialOf(name), "ben", "revoke-ben"))) === "ok") answered.push(name);
    });
    const before = answered.length;
    await until(async () => answered.length > before + round);
    await ben.stop("SIGKILL");
    await Promise.all(asking);
    await until(async () => {
      const denied = await watch(); // the other revoker's merge may have missed the last list, and makes good for it
      return answered.every((name) => denied.includes(name));
    });
  }
  assert.ok(answered.length >= 6);
});

test("a state file that is lost loses no denial: the revoker's own signed list brings them back, and versions go on rising", async () => {
  const before = await listed("revoke-ben");
  rmSync(join(dutyDirectory(project, "revoke-ben"), "denials.json"));
  const ben = await start("revoke-ben");
  await until(async () => ((await listed("revoke-ben"))?.version ?? 0) > (before?.version ?? 0));
  const now = (await listed("revoke-ben"))?.denials ?? []; // the other revoker's merge may have heard of one more than the last list that was read here
  for (const denial of before?.denials ?? []) assert.ok(now.some(({ name }) => name === denial.name));
  await ben.stop("SIGKILL");
});

test("a repository that does not verify stops no stop", async () => {
  await store.write("metadata/2.root.json", Buffer.from("{}"));
  await store.write("metadata/timestamp.json", Buffer.from("{}"));
  const { name } = denialOf(digestOf("in a broken repository"));
  assert.equal(await codeOf(ask(ann, denialOf(name))), "ok");
  assert.ok((await names("revoke-ann")).includes(name));
});

test("a ledger's file that is put back, or was signed by nobody, dates no list", async () => {
  const before = await listed("revoke-ann");
  assert.ok(before);
  for (const note of [firstNote, before.checkpoint.replace(/\n\d+\n/, "\n9999\n"), "nonsense"]) {
    await store.write("log/checkpoint", Buffer.from(note));
    assert.equal(await codeOf(ask(ann, denialOf(digestOf(note)))), "ok");
    const after = await listed("revoke-ann");
    assert.ok(after && after.version > before.version && timeOf(after) >= timeOf(before));
  }
});
