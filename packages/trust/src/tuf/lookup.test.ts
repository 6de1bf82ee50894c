// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Step } from "../check.ts";
import { defaultLimits } from "../limits.ts";
import { codeOf, must } from "../simulator.test-support.ts";
import { type Found, lookup, targetPaths } from "./lookup.ts";
import { type RefreshOptions, refresh } from "./refresh.ts";
import {
  type Driven,
  drive,
  now,
  past,
  type Store,
  type TestDelegation,
  TestRepository,
  targetOf,
  testKey,
} from "./repository.test-support.ts";
import { type Trusted, trustRoot } from "./trusted.ts";

/** A repository that delegates as these lines say: parent, child, and what is special about it. */
function delegating(...lines: readonly (readonly [string, string, Partial<TestDelegation>?])[]): TestRepository {
  const repository = new TestRepository();
  for (const [parent, child, change] of lines) repository.delegate(parent, child, change);
  repository.publish();
  return repository;
}

function refreshed(repository: TestRepository, store: Store = new Map()): Trusted {
  return must(drive(refresh(must(trustRoot(repository.anchor).outcome), { now }), repository.files, store).result.outcome);
}

function find(
  repository: TestRepository,
  path: string,
  options: Partial<RefreshOptions> = {},
  trusted: Trusted = refreshed(repository),
  store: Store = new Map(),
): Driven<Step<Found>> {
  return drive(lookup(trusted, path, { now, ...options }), repository.files, store);
}

const code = (driven: Driven<Step<Found>>): string => codeOf(driven.result.outcome);
const roles = (driven: Driven<unknown>): string =>
  driven.requests.map((path) => path.replace(/^\d+\./, "").replace(/\.json$/, "")).join(" ");

test("roles are visited in pre-order, depth first, each once, and only those that cover the path", () => {
  const final = { terminating: true };
  const elsewhere = { paths: ["*.py"] };
  for (const [lines, visited] of [
    [[["targets", "A"]], "A"],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
      ],
      "A B",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["B", "C"],
      ],
      "A B C",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["A", "C"],
        ["A", "D"],
      ],
      "A C D B",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["A", "C"],
        ["C", "D"],
      ],
      "A C D B",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["A", "C", final],
        ["A", "D"],
      ],
      "A C",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["A", "C", final],
        ["C", "D"],
      ],
      "A C D",
    ],
    [
      [
        ["targets", "A", elsewhere],
        ["targets", "B"],
        ["A", "C"],
      ],
      "B",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["A", "C", elsewhere],
        ["C", "D"],
      ],
      "A B",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["B", "C"],
        ["C", "D"],
        ["D", "B"],
      ],
      "A B C D",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["B", "C"],
        ["A", "C"],
      ],
      "A C B",
    ],
    [
      [
        ["targets", "A"],
        ["targets", "B"],
        ["B", "C"],
        ["A", "C", elsewhere],
      ],
      "A B C",
    ],
  ] as const) {
    const driven = find(delegating(...lines), "missing");
    assert.equal(roles(driven), visited);
    assert.equal(code(driven), "no-such-target");
  }
});

test("the first role that lists a target speaks for it: priority is order", () => {
  const repository = delegating(["targets", "A"], ["targets", "B"], ["A", "C"]);
  repository.role("C").targets = { file: targetOf("C") };
  repository.role("B").targets = { file: targetOf("B") };
  repository.publish();
  const found = must(find(repository, "file").result.outcome);
  assert.deepEqual([found.role, found.target], ["C", targetOf("C")]);
  assert.equal(roles(find(repository, "file")), "A C", "and nobody after it is asked");
  repository.role("targets").targets = { file: targetOf("top") };
  repository.publish();
  assert.equal(must(find(repository, "file").result.outcome).role, "targets");
});

test("attack: a role that speaks for a path which the roles above it were not given", () => {
  const repository = delegating(["targets", "A", { paths: ["a/*"] }], ["A", "B", { paths: ["*", "*/*"] }]);
  repository.role("A").targets = { top: targetOf("x") };
  repository.role("B").targets = { "b/file": targetOf("x"), "a/file": targetOf("right") };
  repository.publish();
  assert.equal(code(find(repository, "b/file")), "no-such-target");
  assert.equal(code(find(repository, "top")), "no-such-target");
  assert.deepEqual(must(find(repository, "a/file").result.outcome).target, targetOf("right"));
});

test("attack: a role after a terminating delegation", () => {
  const repository = delegating(["targets", "A", { terminating: true }], ["targets", "B"]);
  repository.role("B").targets = { file: targetOf("B") };
  repository.publish();
  assert.equal(code(find(repository, "file")), "no-such-target");
});

test("attack: delegations without end, in width and in depth", () => {
  const wide = delegating(...Array.from({ length: 40 }, (_, index) => ["targets", `r${index}`] as const));
  assert.equal(code(find(wide, "missing")), "delegations-exceeded");
  assert.equal(find(wide, "missing").requests.length, defaultLimits.delegationsVisited);
  const deep = delegating(["targets", "r0"], ...Array.from({ length: 30 }, (_, index) => [`r${index}`, `r${index + 1}`] as const));
  assert.equal(code(find(deep, "missing")), "delegations-exceeded");
  assert.equal(find(deep, "missing").requests.length, defaultLimits.delegationDepth);
});

test("attack: one role through two parents, signed for one of them only, in either order", () => {
  const repository = delegating(
    ["targets", "A", { paths: ["a/*"] }],
    ["targets", "B", { paths: ["b/*"] }],
    ["A", "shared", { paths: ["*/*"] }],
    ["B", "shared", { paths: ["*/*"], keys: [testKey("somebody else")] }],
  );
  repository.role("shared").targets = { "a/file": targetOf("a"), "b/file": targetOf("b") };
  repository.publish();
  const store: Store = new Map();
  const trusted = refreshed(repository, store);
  const first = must(find(repository, "a/file", {}, trusted, store).result.outcome);
  assert.equal(code(find(repository, "b/file", {}, first.trusted, store)), "threshold-not-met");
  assert.equal(code(find(repository, "b/file", {}, trusted, store)), "threshold-not-met");
  assert.equal(code(find(repository, "a/file", {}, first.trusted, store)), "accepted");
});

test("a role that is trusted already is not fetched again, nor one that the store has", () => {
  const repository = delegating(["targets", "A", { paths: ["*/*"] }]);
  repository.role("A").targets = { "a/1": targetOf("1"), "a/2": targetOf("2") };
  repository.publish();
  const store: Store = new Map();
  const first = find(repository, "a/1", {}, refreshed(repository, store), store);
  assert.deepEqual(first.requests, ["2.A.json"]);
  const { trusted } = must(first.result.outcome);
  assert.deepEqual(find(repository, "a/2", {}, trusted).effects, [], "within one run nothing at all is asked for");
  assert.deepEqual(find(repository, "a/2", {}, refreshed(repository, store), store).requests, []);
  assert.deepEqual(
    find(repository, "a/2", { freshness: { kind: "offline", until: now + 1 } }, refreshed(repository), new Map()).requests,
    [],
  );
});

test("attack: a delegated role that is not in the snapshot, is another one, or has expired", () => {
  const unlisted = delegating(["targets", "A"]);
  delete unlisted.meta["A.json"];
  unlisted.publishSnapshot();
  unlisted.publishTimestamp();
  assert.equal(code(find(unlisted, "file")), "role-not-listed");
  assert.deepEqual(find(unlisted, "file").requests, [], "and it is not asked for");

  const swapped = delegating(["targets", "A"], ["targets", "B"]);
  swapped.files.set("1.A.json", swapped.file("1.B.json"));
  assert.equal(code(find(swapped, "file")), "not-the-listed-file");

  const stale = delegating(["targets", "A"]);
  stale.role("A").expires = past;
  stale.publish();
  assert.equal(code(find(stale, "file")), "expired");

  const forged = delegating(["targets", "A"]);
  forged.role("A").signers = [testKey("mallory")];
  forged.publish();
  assert.equal(code(find(forged, "file")), "threshold-not-met");
});

test("hash bins are found by the path alone", () => {
  const repository = new TestRepository();
  const keys = [testKey("bins")];
  repository.role("targets").succinct = { keys, threshold: 1, bit_length: 4, name_prefix: "bin" };
  for (let bin = 0; bin < 16; bin++) repository.addRole(`bin-${bin.toString(16)}`).keys = keys;
  for (const name of repository.targets.keys()) if (name !== "targets") repository.role(name).targets = { file: targetOf(name) };
  repository.publish();
  const found = find(repository, "file");
  assert.equal(found.requests.length, 1);
  assert.match(must(found.result.outcome).role, /^bin-[0-9a-f]$/);
});

test("a role's name may be any text, and its URL leads nowhere else", () => {
  for (const [name, path] of [
    ["?", "1.%3F.json"],
    ["#", "1.%23.json"],
    ["../delegated", "1...%2Fdelegated.json"],
    ["/delegated", "1.%2Fdelegated.json"],
    ["a b*'", "1.a%20b%2A%27.json"],
  ] as const)
    assert.deepEqual(find(delegating(["targets", name]), "missing").requests, [path]);
});

test("attack: a path that is none", () => {
  const repository = delegating(["targets", "A"]);
  for (const path of ["", "/etc/passwd", "../x", "a//b", "a/./b", "a\\b", "a\0"])
    assert.equal(code(find(repository, path)), "malformed-document", path);
});

test("a malformed entry is refused when it is looked up, and spoils no other", () => {
  const repository = new TestRepository();
  const unknown = { length: 1, hashes: { crc32: "00000000" } } as never;
  repository.role("targets").targets = { good: targetOf("x"), none: { length: 1, hashes: {} }, unknown };
  repository.publish();
  assert.equal(code(find(repository, "good")), "accepted");
  assert.equal(code(find(repository, "none")), "malformed-document");
  assert.equal(code(find(repository, "unknown")), "malformed-document");
});

test("a target is kept under its digests where snapshots are consistent, and its path is encoded segment by segment (5.7.3)", () => {
  const { hashes } = targetOf("x");
  const sha512 = "a".repeat(128);
  assert.deepEqual(targetPaths("dir/file", hashes, false), ["dir/file"]);
  assert.deepEqual(targetPaths("dir/file", hashes, true), [`dir/${hashes.sha256}.file`]);
  assert.deepEqual(targetPaths("file", { ...hashes, sha512 }, true), [`${hashes.sha256}.file`, `${sha512}.file`]);
  assert.deepEqual(targetPaths("a b/c?d#e%", {}, false), ["a%20b/c%3Fd%23e%25"]);
});
