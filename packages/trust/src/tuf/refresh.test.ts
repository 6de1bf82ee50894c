// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Step } from "../check.ts";
import { sha256 } from "../digest.ts";
import { defaultLimits } from "../limits.ts";
import { accept, refuse } from "../refusal.ts";
import { codeOf, must } from "../simulator.test-support.ts";
import type { Freshness } from "./freshness.ts";
import { type RefreshOptions, refresh } from "./refresh.ts";
import { type Driven, drive, inTime, now, past, type Store, signedFile, TestRepository, testKey } from "./repository.test-support.ts";
import { type Trusted, trustRoot } from "./trusted.ts";

/** One check of a client that began with this repository's first root. */
function check(repository: TestRepository, store: Store = new Map(), options: Partial<RefreshOptions> = {}): Driven<Step<Trusted>> {
  const begin = must(trustRoot(repository.anchor).outcome);
  return drive(refresh(begin, { now, ...options }), repository.files, store);
}

const code = (driven: Driven<Step<Trusted>>): string => codeOf(driven.result.outcome);

function versions(store: Store): Record<string, number> {
  const version = (bytes: Uint8Array): number => JSON.parse(Buffer.from(bytes).toString()).signed.version;
  return Object.fromEntries([...store].map(([name, bytes]) => [name, version(bytes)]));
}

test("a first refresh asks for the next root, timestamp, snapshot and targets, and keeps exactly what was served", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  const driven = check(repository, store);
  assert.equal(code(driven), "accepted");
  assert.deepEqual(driven.requests, ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]);
  assert.deepEqual(store.get("timestamp"), repository.file("timestamp.json"));
  assert.deepEqual(store.get("snapshot"), repository.file("1.snapshot.json"));
  assert.deepEqual(store.get("targets"), repository.file("1.targets.json"));
});

test("without news nothing but the next root and timestamp is asked for", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  check(repository, store);
  const again = check(repository, store);
  assert.equal(code(again), "accepted");
  assert.deepEqual(again.requests, ["2.root.json", "timestamp.json"]);
  repository.publishTimestamp();
  assert.deepEqual(check(repository, store).requests, ["2.root.json", "timestamp.json"], "nor when only timestamp is new");
  assert.equal(versions(store)["timestamp"], 2);
});

test("only what changed is fetched", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  check(repository, store);
  repository.publishSnapshot();
  repository.publishTimestamp();
  assert.deepEqual(check(repository, store).requests, ["2.root.json", "timestamp.json", "2.snapshot.json"]);
});

test("a repository without consistent snapshots has plain file names, and versions for roots alone", () => {
  const repository = new TestRepository();
  repository.consistent = false;
  repository.publish();
  const driven = check(repository);
  assert.equal(code(driven), "accepted");
  assert.deepEqual(driven.requests, ["2.root.json", "3.root.json", "timestamp.json", "snapshot.json", "targets.json"]);
});

test("roots follow one another over any number, and those on the way may have expired; the last may not (5.3.10)", () => {
  const repository = new TestRepository();
  const { root } = repository.top;
  root.expires = past;
  for (const name of ["a", "b", "c"]) {
    root.signers = [...root.keys, testKey(name)];
    root.keys = [testKey(name)];
    repository.publishRoot();
  }
  const store: Store = new Map();
  assert.equal(code(check(repository, store)), "expired");
  assert.deepEqual(
    [...store.keys()],
    ["2.root", "3.root", "4.root"],
    "roots are kept as they are accepted, and nothing after them is asked for",
  );
  root.expires = inTime;
  root.signers = undefined;
  repository.publishRoot();
  const driven = check(repository, store);
  assert.equal(code(driven), "accepted");
  assert.equal(driven.requests[0], "5.root.json", "the roots that were kept are walked without fetching");
});

test("attack: a root in the store that was put there", () => {
  const repository = new TestRepository();
  const mallory = testKey("mallory");
  const forged = JSON.parse(Buffer.from(repository.anchor).toString()).signed;
  const store: Store = new Map([["2.root", signedFile({ ...forged, version: 2 }, mallory)]]);
  const driven = check(repository, store);
  assert.equal(code(driven), "accepted");
  assert.equal(must(driven.result.outcome).root.signed.version, 1);
  assert.equal(driven.requests[0], "2.root.json");
});

test("attack: endless roots are walked up to the limit, and go on from there at the next check", () => {
  const repository = new TestRepository();
  for (let count = 0; count < 5; count++) repository.publishRoot();
  const limits = { ...defaultLimits, rootRotations: 2 };
  const store: Store = new Map();
  const roots = (driven: Driven<unknown>) => driven.requests.filter((path) => path.endsWith("root.json"));
  assert.deepEqual(roots(check(repository, store, { limits })), ["2.root.json", "3.root.json"]);
  assert.deepEqual(roots(check(repository, store, { limits })), ["4.root.json", "5.root.json"]);
});

test("attack: endless data is never asked for, whatever length is listed", () => {
  const repository = new TestRepository();
  repository.meta = { "targets.json": { version: 1, length: Number.MAX_SAFE_INTEGER } };
  repository.publishSnapshot();
  repository.publishTimestamp();
  const { effects } = check(repository);
  const asked = effects.flatMap((effect) => (effect.kind === "fetch" ? [[effect.role, effect.maxBytes]] : []));
  const length = repository.file("2.snapshot.json").length;
  const { rootBytes, timestampBytes, targetsBytes } = defaultLimits;
  assert.deepEqual(asked, [
    ["root", rootBytes],
    ["timestamp", timestampBytes],
    ["snapshot", length],
    ["targets", targetsBytes],
  ]);
});

test("a fetch that is refused ends the refresh with that, and a missing file with its name", () => {
  const repository = new TestRepository();
  for (const path of ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]) {
    const asking = refresh(must(trustRoot(repository.anchor).outcome), { now });
    let next = asking.next();
    while (!next.done) {
      const effect = next.value;
      const refused = effect.kind === "fetch" && effect.path === path;
      const served = effect.kind === "fetch" ? repository.files.get(effect.path) : undefined;
      next = asking.next(refused ? refuse("unreachable", path, "nothing", "") : accept(served));
    }
    assert.equal(codeOf(next.value.outcome), "unreachable");
  }
  for (const path of ["timestamp.json", "1.snapshot.json", "1.targets.json"]) {
    const { outcome } = drive(refresh(must(trustRoot(repository.anchor).outcome), { now }), without(repository, path)).result;
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.refusal.code, outcome.refusal.expected], ["missing-file", path]);
  }
});

function without(repository: TestRepository, path: string): Map<string, Uint8Array> {
  const files = new Map(repository.files);
  files.delete(path);
  return files;
}

test("a refresh that was cut off goes on where it stopped", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  const begin = must(trustRoot(repository.anchor).outcome);
  drive(refresh(begin, { now }), without(repository, "1.targets.json"), store);
  assert.deepEqual(versions(store), { timestamp: 1, snapshot: 1 });
  assert.deepEqual(check(repository, store).requests, ["2.root.json", "timestamp.json", "1.targets.json"]);
});

test("damaged files in the store are fetched again, and cost nothing but that", () => {
  const repository = new TestRepository();
  for (const role of ["timestamp", "snapshot", "targets"])
    for (const damage of [(_: Uint8Array) => Buffer.of(), (bytes: Uint8Array) => bytes.subarray(0, -9), () => Buffer.from("null")]) {
      const store: Store = new Map();
      check(repository, store);
      const whole = store.get(role) ?? Buffer.of();
      store.set(role, damage(whole));
      assert.equal(code(check(repository, store)), "accepted");
      assert.deepEqual(store.get(role), whole, role);
    }
});

test("a timestamp of the version that is trusted is put aside, whatever it says, and is no failure (5.4.3.1)", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  check(repository, store);
  const kept = store.get("timestamp");
  repository.publishSnapshot();
  repository.publishSnapshot();
  repository.top.timestamp.version = 0;
  repository.publishTimestamp();
  const driven = check(repository, store);
  assert.equal(code(driven), "accepted");
  assert.deepEqual(driven.requests, ["2.root.json", "timestamp.json"]);
  assert.deepEqual(store.get("timestamp"), kept);
});

test("attack: the same timestamp again and again, after it has expired", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  check(repository, store);
  assert.equal(code(check(repository, store, { now: Date.parse(inTime) })), "expired");
});

test("what has expired in the store still holds older files off", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  repository.top.timestamp.expires = "2029-01-02T00:00:00Z";
  repository.top.timestamp.version = 6;
  repository.publishTimestamp();
  check(repository, store);
  const later = Date.parse("2029-02-01T00:00:00Z");
  repository.top.timestamp.expires = inTime;
  repository.top.timestamp.version = 5;
  repository.publishTimestamp();
  assert.equal(code(check(repository, store, { now: later })), "version-rolled-back");
  repository.publishTimestamp();
  repository.publishTimestamp();
  assert.equal(code(check(repository, store, { now: later })), "accepted");
});

test("recovery from a fast-forward: new keys for either online role forget both files, also after a crash (5.3.11)", () => {
  for (const role of ["timestamp", "snapshot"] as const) {
    const repository = new TestRepository();
    const store: Store = new Map();
    repository.top.timestamp.version = repository.top.snapshot.version = 2 ** 40; // the attacker's
    repository.meta = { ...repository.meta, "gone.json": { version: 9 } };
    repository.publishSnapshot();
    repository.publishTimestamp();
    check(repository, store);
    repository.top[role].keys = [testKey("new")];
    repository.top.timestamp.version = repository.top.snapshot.version = 1;
    repository.meta = { "targets.json": { version: 1 } };
    for (const publish of ["publishRoot", "publishSnapshot", "publishTimestamp"] as const) repository[publish]();
    const stopped = check(repository, store, {});
    const crashed: Store = new Map(store);
    assert.equal(code(stopped), "accepted");
    assert.deepEqual(versions(crashed), { timestamp: 2, snapshot: 2, targets: 1, "2.root": 2 });
    const forgotten = stopped.effects.flatMap((effect) => (effect.kind === "forget" ? [effect.role] : []));
    assert.deepEqual(forgotten, ["timestamp", "snapshot"]);
  }
});

test("recovery is the same for a client that stopped between storing the root and forgetting", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  repository.top.timestamp.version = 2 ** 40;
  repository.publishTimestamp();
  check(repository, store);
  repository.top.timestamp.keys = [testKey("new")];
  repository.top.timestamp.version = 1;
  repository.publishRoot();
  repository.publishTimestamp();
  store.set("2.root", repository.file("2.root.json"));
  assert.equal(code(check(repository, store)), "accepted");
  assert.equal(versions(store)["timestamp"], 2);
});

test("keys that are merely added forget nothing: an older timestamp stays out", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  repository.publishTimestamp();
  check(repository, store);
  repository.top.timestamp.keys = [...repository.top.timestamp.keys, testKey("second")];
  repository.publishRoot();
  repository.top.timestamp.version = 0;
  repository.publishTimestamp();
  assert.equal(code(check(repository, store)), "version-rolled-back");
});

test("lazy: nothing is asked for until its time, if the store is whole and in date; then everything is", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  const lazy: Freshness = { kind: "lazy", until: now + 1000 };
  assert.deepEqual(check(repository, store, { freshness: lazy }).requests.length, 4, "an empty store is filled");
  repository.publish();
  const idle = check(repository, store, { freshness: lazy });
  assert.equal(code(idle), "accepted");
  assert.deepEqual(idle.requests, []);
  assert.equal(must(idle.result.outcome).targets.get("targets")?.signed.version, 1);
  assert.ok(check(repository, new Map(store), { freshness: lazy, now: now + 1000 }).requests.includes("2.targets.json"));
  const expired = check(repository, new Map(store), {
    freshness: { kind: "lazy", until: Number.MAX_SAFE_INTEGER },
    now: Date.parse(inTime),
  });
  assert.ok(expired.requests.length > 0 && code(expired) === "expired", "what has expired is not used");
});

test("offline: nothing is asked for and what has expired is used until its time, and no longer", () => {
  const repository = new TestRepository();
  const store: Store = new Map();
  check(repository, store);
  const later = Date.parse("2031-01-01T00:00:00Z");
  const offline: Freshness = { kind: "offline", until: later + 1000 };
  const used = check(repository, store, { freshness: offline, now: later });
  assert.equal(code(used), "accepted");
  assert.deepEqual(used.requests, []);
  assert.ok(used.result.verdicts.some(({ check, expected }) => check === "timestamp/expiry" && expected.includes("offline until")));
  assert.equal(code(check(repository, store, { freshness: { kind: "offline", until: Number.MAX_SAFE_INTEGER }, now: later })), "accepted");
  assert.equal(code(check(repository, store, { freshness: offline, now: later + 1000 })), "expired");
  assert.equal(code(check(repository, new Map(), { freshness: offline, now: later })), "not-in-store");
});

test("attack: offline lets expiry pass, and nothing else", () => {
  const repository = new TestRepository();
  const whole: Store = new Map();
  check(repository, whole);
  const freshness: Freshness = { kind: "offline", until: now + 1000 };
  for (const role of ["timestamp", "snapshot", "targets"]) {
    const bytes = Buffer.from(whole.get(role) ?? []).toString();
    const store: Store = new Map([...whole, [role, Buffer.from(bytes.replace("2030-01-01", "2040-01-01"))]]);
    const driven = check(repository, store, { freshness });
    assert.notEqual(code(driven), "accepted", role);
    assert.deepEqual(driven.requests, []);
  }
});

test("a file that the store has is used only if it is the listed one, by hash where there is one and by version where not", () => {
  for (const hashes of [true, false]) {
    const repository = new TestRepository();
    repository.hashes = hashes;
    repository.publish();
    const store: Store = new Map();
    check(repository, store);
    repository.publishTargets("targets");
    repository.publishSnapshot();
    repository.publishTimestamp();
    const driven = check(repository, store);
    assert.deepEqual(driven.requests.slice(-2), ["3.snapshot.json", "3.targets.json"]);
    assert.equal(sha256(store.get("targets") ?? Buffer.of()), sha256(repository.file("3.targets.json")));
  }
});
