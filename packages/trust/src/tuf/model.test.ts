// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "../digest.ts";
import { must } from "../simulator.test-support.ts";
import { lookup } from "./lookup.ts";
import {
  ModelClient,
  type ModelFile,
  type ModelRoot,
  type ModelSnapshot,
  type ModelTargets,
  type ModelTimestamp,
  type ModelWorld,
} from "./model.test-support.ts";
import { refresh } from "./refresh.ts";
import { drive, inTime, now, past, type Store, signedFile, type TestKey, targetOf, testKey } from "./repository.test-support.ts";
import { trustRoot } from "./trusted.ts";

const path = "file";
const names = ["k0", "k1", "k2", "k3", "k4", "k5"];
const keys: Readonly<Record<string, TestKey>> = Object.fromEntries(names.map((name) => [name, testKey(name)]));
const keyOf = (name: string): TestKey => keys[name] ?? testKey(name);
const roleNames = ["targets", "A", "B", "C"];

/** One described file is one file: made once, however often it is served. */
const made = new WeakMap<ModelFile, Uint8Array>();
const described = new WeakMap<Uint8Array, ModelFile>();

function bytesOf(file: ModelFile): Uint8Array {
  const bytes = made.get(file) ?? make(file);
  made.set(file, bytes);
  described.set(bytes, file);
  return bytes;
}

function make(file: ModelFile): Uint8Array {
  const common = {
    _type: file.type,
    spec_version: "1.0.34",
    version: file.version,
    expires: file.expired ? past : inTime,
    x_salt: file.salt,
  };
  const bytes = signedFile({ ...common, ...bodyOf(file) }, ...[...new Set(file.signers)].map(keyOf));
  return file.truncated ? bytes.subarray(0, -20) : bytes;
}

function bodyOf(file: ModelFile): object {
  const keyTable = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [keyOf(name).keyid, keyOf(name).key]));
  const keyids = (names: readonly string[]) => names.map((name) => keyOf(name).keyid);
  const listing = ({ version, file }: ModelTimestamp["snapshot"]) =>
    file === undefined ? { version } : { version, length: bytesOf(file).length, hashes: { sha256: sha256(bytesOf(file)) } };
  switch (file.type) {
    case "root": {
      const roles = Object.entries(file.roles).map(([name, { keys, threshold }]) => [name, { keyids: keyids(keys), threshold }]);
      return {
        consistent_snapshot: true,
        keys: keyTable(...Object.values(file.roles).flatMap((role) => role.keys)),
        roles: Object.fromEntries(roles),
      };
    }
    case "timestamp":
      return { meta: { "snapshot.json": listing(file.snapshot) } };
    case "snapshot":
      return { meta: Object.fromEntries([...file.meta].map(([name, listed]) => [name, listing(listed)])) };
    case "targets": {
      const roles = file.delegations.map(({ role, keys, threshold, covers, terminating }) => {
        return { name: role, keyids: keyids(keys), threshold, terminating, paths: [covers ? "*" : "other/*"] };
      });
      return {
        targets: file.lists ? { [path]: targetOf("x") } : {},
        delegations: { keys: keyTable(...file.delegations.flatMap((each) => each.keys)), roles },
      };
    }
  }
}

/** What can happen between two checks. Most of it is honest; the rest is what mirrors and thieves of keys do. */
interface Event {
  readonly kind:
    | "publish"
    | "publish-with-hashes"
    | "publish-online"
    | "rotate"
    | "rotate-root"
    | "forge"
    | "truncate"
    | "replay"
    | "swap"
    | "withhold"
    | "fast-forward"
    | "expire"
    | "drop-role"
    | "take-back"
    | "delegate";
  readonly a: number;
  readonly b: number;
}

const event: fc.Arbitrary<Event> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("publish" as const, "publish-with-hashes" as const, "publish-online" as const) },
    { weight: 2, arbitrary: fc.constantFrom("rotate" as const, "rotate-root" as const, "delegate" as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "forge" as const,
        "truncate" as const,
        "replay" as const,
        "swap" as const,
        "withhold" as const,
        "fast-forward" as const,
        "expire" as const,
        "drop-role" as const,
        "take-back" as const,
      ),
    },
  ),
  a: fc.nat(1000),
  b: fc.nat(1000),
});

/** Who delegates to whom at first: there are two ways to B and to C. */
const firstDelegations: Readonly<Record<string, readonly string[]>> = { targets: ["A", "B"], A: ["C", "B"], B: ["C"] };

/** Some of the targets roles. */
const chosen = (bits: number): readonly string[] => roleNames.filter((_, index) => ((bits >> index) & 1) === 1);

/** A repository as its publisher has it, everything that was ever served, and what a mirror serves now. */
class History {
  readonly world = new Map<string, ModelFile>();
  readonly everything: ModelFile[] = [];
  readonly anchor: ModelRoot;
  #salt = 0;
  #root: ModelRoot;
  #timestamp: ModelTimestamp;
  #snapshot: ModelSnapshot;
  readonly #targets = new Map<string, ModelTargets>();

  constructor() {
    const one = (key: string) => ({ keys: [key], threshold: 1 });
    this.anchor = {
      type: "root",
      ...this.#fresh(1, ["k0"]),
      roles: { root: one("k0"), timestamp: one("k1"), snapshot: one("k2"), targets: one("k3") },
    };
    this.#root = this.anchor;
    this.#snapshot = { type: "snapshot", ...this.#fresh(0, []), meta: new Map() };
    this.#timestamp = { type: "timestamp", ...this.#fresh(0, []), snapshot: { version: 1, file: undefined } };
    for (const name of roleNames) {
      const delegations = (firstDelegations[name] ?? []).map((role) => ({ role, ...one("k4"), covers: true, terminating: false }));
      this.#targets.set(name, { type: "targets", ...this.#fresh(0, []), lists: name === "B" || name === "C", delegations });
    }
    this.#publishTargets(roleNames, false);
  }

  apply({ kind, a, b }: Event): void {
    const role = roleNames[a % roleNames.length] ?? "targets";
    const acts: Partial<Record<Event["kind"], () => void>> = {
      publish: () => this.#publishTargets(chosen(b), false),
      "publish-with-hashes": () => this.#publishTargets(chosen(b), true),
      "publish-online": () => (a % 2 === 0 ? this.#publishTimestamp(b % 2 === 0) : this.#publishSnapshot(b % 2 === 0, a % 4 === 1)),
      rotate: () => this.#publishRoot((["timestamp", "snapshot", "targets"] as const)[a % 3] ?? "targets", b),
      "rotate-root": () => this.#publishRoot("root", b),
      delegate: () => this.#delegate(role, a, b),
      "fast-forward": () => this.#fastForward(a, b),
      expire: () => this.#expire(a, b),
      "drop-role": () => this.#dropRole(role),
      "take-back": () => this.#takeBack(a, b),
    };
    const act = acts[kind];
    if (act === undefined) this.#tamper(kind, a, b);
    else act();
  }

  #fresh(version: number, signers: readonly string[]) {
    return { version, signers, expired: false, truncated: false, salt: this.#salt++ };
  }

  #serve<F extends ModelFile>(at: string, file: F): F {
    this.world.set(at, file);
    this.everything.push(file);
    return file;
  }

  #publishTargets(roles: readonly string[], hashes: boolean): void {
    const meta = new Map(this.#snapshot.meta);
    for (const name of roles) {
      const signers = name === "targets" ? this.#root.roles.targets.keys : ["k4"];
      const before = this.#targets.get(name);
      if (before === undefined) continue;
      const file = this.#serve(`${before.version + 1}.${name}.json`, { ...before, ...this.#fresh(before.version + 1, signers) });
      this.#targets.set(name, file);
      meta.set(`${name}.json`, { version: file.version, file: hashes ? file : undefined });
    }
    this.#snapshot = { ...this.#snapshot, meta };
    this.#publishSnapshot(hashes, true);
  }

  #publishSnapshot(hashes: boolean, dated: boolean): void {
    const { keys } = this.#root.roles.snapshot;
    this.#snapshot = { ...this.#snapshot, ...this.#fresh(this.#snapshot.version + 1, keys) };
    this.#serve(`${this.#snapshot.version}.snapshot.json`, this.#snapshot);
    if (dated) this.#publishTimestamp(hashes);
  }

  #publishTimestamp(hashes: boolean): void {
    const snapshot = { version: this.#snapshot.version, file: hashes ? this.#snapshot : undefined };
    this.#timestamp = { ...this.#timestamp, ...this.#fresh(this.#timestamp.version + 1, this.#root.roles.timestamp.keys), snapshot };
    this.#serve("timestamp.json", this.#timestamp);
  }

  /** A role gets other keys; sometimes the old root's keys do not sign, or too few of the new. After a rotation versions may begin anew. */
  #publishRoot(role: "root" | "timestamp" | "snapshot" | "targets", how: number): void {
    const first = how % names.length;
    const keys = [names[first], names[(first + 1) % names.length]].filter((name) => name !== undefined).slice(0, 1 + (how % 2));
    const roles = { ...this.#root.roles, [role]: { keys, threshold: how % 3 === 0 ? keys.length : 1 } };
    const honest = [...this.#root.roles.root.keys, ...roles.root.keys];
    const signers = how % 7 === 0 ? honest.slice(1) : how % 11 === 0 ? honest.slice(0, 1) : honest;
    const file: ModelRoot = {
      type: "root",
      ...this.#fresh(this.#root.version + (how % 13 === 0 ? 2 : 1), signers),
      roles,
      expired: how % 17 === 0,
    };
    this.#serve(`${this.#root.version + 1}.root.json`, file);
    if (signers !== honest || file.version !== this.#root.version + 1) return;
    this.#root = file;
    if (role === "timestamp" && how % 2 === 0) this.#timestamp = { ...this.#timestamp, version: 0 };
    if (role === "snapshot" && how % 2 === 0) this.#snapshot = { ...this.#snapshot, version: 0, meta: new Map() };
    this.#publishTargets(role === "timestamp" ? [] : roleNames, how % 2 === 1);
  }

  #delegate(from: string, a: number, b: number): void {
    const before = this.#targets.get(from);
    if (before === undefined) return;
    const delegations = ["A", "B", "C"]
      .filter((_, index) => ((a >> index) & 1) === 1)
      .map((role, index) => ({
        role,
        keys: (b >> index) % 5 === 0 ? ["k5"] : ["k4", "k5"],
        threshold: 1 + ((b >> index) % 9 === 0 ? 1 : 0),
        covers: (b >> index) % 4 !== 0,
        terminating: (b >> index) % 3 === 0,
      }));
    this.#targets.set(from, { ...before, lists: b % 3 === 0, delegations: b % 2 === 0 ? delegations : delegations.reverse() });
    this.#publishTargets([from], b % 2 === 0);
  }

  #fastForward(a: number, b: number): void {
    this.#timestamp = { ...this.#timestamp, version: this.#timestamp.version + (a % 2) * 100 };
    this.#snapshot = { ...this.#snapshot, version: this.#snapshot.version + (b % 2) * 100 };
    this.#publishSnapshot(false, true);
  }

  #dropRole(role: string): void {
    this.#snapshot = { ...this.#snapshot, meta: new Map([...this.#snapshot.meta].filter(([name]) => name !== `${role}.json`)) };
    this.#publishSnapshot(false, true);
  }

  #expire(a: number, b: number): void {
    const paths = [...this.world.keys()];
    const at = a % 2 === 0 ? "timestamp.json" : (paths[b % paths.length] ?? "timestamp.json");
    const file = this.world.get(at);
    if (file !== undefined) this.#serve(at, { ...file, expired: true, salt: this.#salt++ });
  }

  /** By the keys that may: what a thief of online keys would serve. */
  #takeBack(a: number, b: number): void {
    if (a % 2 === 0)
      this.#serve("timestamp.json", {
        ...this.#timestamp,
        ...this.#fresh(Math.max(1, this.#timestamp.version - (b % 3)), this.#timestamp.signers),
      });
    else {
      const meta = [...this.#snapshot.meta].map(
        ([name, listed]) => [name, { ...listed, version: Math.max(1, listed.version - (b % 2)) }] as const,
      );
      this.#snapshot = { ...this.#snapshot, meta: new Map(meta) };
      this.#publishSnapshot(false, true);
    }
  }

  /** What a mirror can do, without any key. */
  #tamper(kind: Event["kind"], a: number, b: number): void {
    const paths = [...this.world.keys()];
    const at = paths[a % paths.length] ?? "";
    const file = this.world.get(at);
    const other = this.everything[b % this.everything.length];
    if (file === undefined || other === undefined) return;
    if (kind === "withhold") this.world.delete(at);
    if (kind === "truncate") this.#serve(at, { ...file, truncated: true });
    if (kind === "forge") this.#serve(at, { ...file, ...this.#fresh(file.version + (b % 3), [names[b % names.length] ?? "k0"]) });
    if (kind === "replay") this.world.set("timestamp.json", this.everything.filter(({ type }) => type === "timestamp")[b % 5] ?? other);
    if (kind === "swap") this.world.set(at, other);
  }
}

const served = (world: ModelWorld): ReadonlyMap<string, Uint8Array> => new Map([...world].map(([at, file]) => [at, bytesOf(file)]));

test("over random histories the client trusts exactly what the specification, written down once more, trusts", () => {
  const seen = { accepted: 0, refused: 0, found: 0, recovered: 0, roots: 0 };
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 3 }), { minLength: 1, maxLength: 7 }), (rounds) => {
      const history = new History();
      const model = new ModelClient(history.anchor);
      const store: Store = new Map();
      const begin = must(trustRoot(bytesOf(history.anchor)).outcome);
      for (const events of [[], ...rounds]) {
        for (const each of events) history.apply(each);
        const before = { ...model };
        const accepted = model.refresh(history.world);
        const files = served(history.world);
        const { outcome } = drive(refresh(begin, { now }), files, store).result;
        const verdict = outcome.ok ? "accepted" : JSON.stringify(outcome.refusal);
        assert.equal(outcome.ok, accepted, verdict);
        const speaks = accepted ? model.lookup(history.world) : undefined;
        if (outcome.ok) {
          const found = drive(lookup(outcome.value, path, { now }), files, store).result.outcome;
          assert.equal(found.ok ? found.value.role : undefined, speaks, found.ok ? "" : JSON.stringify(found.refusal));
        }
        const real = (role: string): ModelFile | undefined => described.get(store.get(role) ?? Buffer.of());
        const newest = Math.max(1, ...[...store.keys()].map((name) => Number.parseInt(name, 10) || 0));
        assert.equal(newest, model.root.version);
        assert.equal(real("timestamp"), model.timestamp);
        assert.equal(real("snapshot"), model.snapshot);
        for (const [role, file] of model.targets) assert.equal(real(role), file, role);
        seen[accepted ? "accepted" : "refused"]++;
        seen.found += speaks === undefined ? 0 : 1;
        seen.roots += newest > 1 ? 1 : 0;
        seen.recovered += (before.timestamp?.version ?? 0) > (model.timestamp?.version ?? 0) ? 1 : 0;
      }
    }),
    { numRuns: 600, interruptAfterTimeLimit: 12_000 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `${what}: ${count}`);
});

test("honest histories are accepted, all of them", () => {
  const honest = event.filter(({ kind }) => kind.startsWith("publish"));
  fc.assert(
    fc.property(fc.array(honest, { maxLength: 12 }), (events) => {
      const history = new History();
      const store: Store = new Map();
      const begin = must(trustRoot(bytesOf(history.anchor)).outcome);
      for (const each of events) {
        history.apply(each.kind === "publish-online" ? { ...each, a: each.a | 1, b: each.b } : each);
        const { outcome } = drive(refresh(begin, { now }), served(history.world), store).result;
        assert.ok(outcome.ok, JSON.stringify(outcome));
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 4_000 },
  );
});
